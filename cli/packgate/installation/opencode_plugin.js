// Asks packgate before a tool runs, after it has run, and about what is written to the agent. Written by `packgate hook install opencode`.
import { spawn } from "node:child_process"

const HOOK = __HOOK__
const MILLISECONDS = __MILLISECONDS__
// Whether an event ends in an error when the hook gives no answer.
const CLOSED = __CLOSED__
const OUTCOMES = ["allow", "warn", "redact", "deny"]

function run(payload) {
  return new Promise((resolve, reject) => {
    const child = spawn(HOOK, ["opencode", payload.event], { stdio: ["pipe", "pipe", "pipe"] })
    let out = ""
    let err = ""
    const timer = setTimeout(() => {
      child.kill("SIGKILL")
      reject(new Error("the hook did not answer in time"))
    }, MILLISECONDS)
    child.stdout.setEncoding("utf8").on("data", (part) => { out += part })
    child.stderr.setEncoding("utf8").on("data", (part) => { err += part })
    child.stdin.on("error", () => {})
    child.on("error", (error) => {
      clearTimeout(timer)
      reject(new Error(`the hook can't be started: ${error.message}`))
    })
    child.on("close", () => {
      clearTimeout(timer)
      try {
        const said = JSON.parse(out)
        if (OUTCOMES.includes(said.outcome)) return resolve(said)
      } catch {
        // What is no object is no answer.
      }
      reject(new Error(err.trim() || "the hook gave no answer"))
    })
    child.stdin.end(JSON.stringify(payload))
  })
}

async function ask(payload, client) {
  let said
  try {
    said = await run(payload)
  } catch (error) {
    const message = `packgate could not decide: ${error.message}`
    if (CLOSED[payload.event]) throw new Error(message)
    said = { outcome: "warn", message, notice: message, replacement: null }
  }
  if (said.notice) client?.tui?.showToast?.({ body: { message: said.notice, variant: "warning" } })?.catch?.(() => {})
  return said
}

export const Packgate = async ({ directory, client }) => {
  // What the agent is told with the output of the call that it is about.
  const notes = new Map()
  return {
    "tool.execute.before": async (input, output) => {
      const said = await ask({
        event: "tool.execute.before", sessionID: input.sessionID, callID: input.callID, directory, tool: input.tool, args: output.args,
      }, client)
      if (said.outcome === "deny") throw new Error(said.message)
      if (said.outcome === "redact") {
        for (const name of Object.keys(output.args)) delete output.args[name]
        Object.assign(output.args, said.replacement)
      }
      if (said.message) notes.set(input.callID, said.message)
    },
    "tool.execute.after": async (input, output) => {
      const written = typeof output.output === "string" ? output.output : JSON.stringify(output.output ?? "")
      const said = await ask({
        event: "tool.execute.after", sessionID: input.sessionID, callID: input.callID, directory, tool: input.tool, args: input.args ?? {},
        output: written,
      }, client)
      const before = notes.get(input.callID)
      notes.delete(input.callID)
      if (said.outcome === "deny") output.output = said.message
      if (said.outcome === "redact") output.output = said.replacement
      const told = [before, said.outcome === "deny" ? "" : said.message].filter(Boolean).join("\n")
      if (told) output.output = `${output.output}\n\n[packgate] ${told}`
    },
    "chat.message": async (input, output) => {
      const parts = output.parts.filter((part) => part.type === "text" && !part.synthetic)
      if (parts.length === 0) return
      const said = await ask({
        event: "chat.message", sessionID: input.sessionID, directory, text: parts.map((part) => part.text).join("\n"),
      }, client)
      if (said.outcome === "deny") throw new Error(said.message)
      if (said.outcome === "redact") parts.forEach((part, number) => { part.text = number === 0 ? said.replacement : "" })
      if (said.message) parts[parts.length - 1].text += `\n\n[packgate] ${said.message}`
    },
  }
}
