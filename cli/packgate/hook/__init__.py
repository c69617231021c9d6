"""The hook: an agent asks before it acts, and gets its answer in its own dialect. Import-light, and pure but for `run`.

A request goes: the agent's payload → `dialects` (what is asked, as actions) → `context` (where and for whom) → the engine → `verdict` (what
to say) → `dialects` (how this agent is told).
"""
