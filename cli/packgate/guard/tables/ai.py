"""Providers of models and of services around them. Formats: the providers' documentation."""

from __future__ import annotations

from packgate.guard.detector import Detector
from packgate.guard.tables.rows import named, token

AI = "ai-provider-keys"

ROWS: tuple[Detector, ...] = (
    token("anthropic-key", "Anthropic key", r"sk-ant-[A-Za-z0-9_-]{20,200}", "sk-ant-", group=AI),
    token("openrouter-key", "OpenRouter key", r"sk-or-(?:v1-)?[a-f0-9]{40,64}", "sk-or-", group=AI),
    token("openai-key", "OpenAI key", r"sk-(?:proj|svcacct|admin|service|None)-[A-Za-z0-9_-]{20,220}|sk-[A-Za-z0-9]{20,40}T3BlbkFJ[A-Za-z0-9]{20,40}|sk-[A-Za-z0-9]{32,64}",
          "sk-", group=AI),
    token("huggingface-token", "Hugging Face token", r"(?:hf_|api_org_)[A-Za-z0-9]{30,40}", "hf_", "api_org_", group=AI),
    token("groq-key", "Groq key", r"gsk_[A-Za-z0-9]{52}", "gsk_", group=AI),
    token("replicate-token", "Replicate token", r"r8_[A-Za-z0-9]{37}", "r8_", group=AI),
    token("perplexity-key", "Perplexity key", r"pplx-[A-Za-z0-9]{40,56}", "pplx-", group=AI),
    token("xai-key", "xAI key", r"xai-[A-Za-z0-9]{70,90}", "xai-", group=AI),
    token("nvidia-key", "NVIDIA key", r"nvapi-[A-Za-z0-9_-]{60,70}", "nvapi-", group=AI),
    token("langsmith-key", "LangSmith key", r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}", "lsv2_", group=AI),
    token("langfuse-key", "Langfuse secret key", r"sk-lf-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}", "sk-lf-", group=AI),
    token("pinecone-key", "Pinecone key", r"pcsk_[A-Za-z0-9]{5,8}_[A-Za-z0-9]{50,70}", "pcsk_", group=AI),
    token("tavily-key", "Tavily key", r"tvly-(?:dev-|prod-)?[A-Za-z0-9_-]{32,48}", "tvly-", group=AI),
    token("firecrawl-key", "Firecrawl key", r"fc-[a-f0-9]{32}", "fc-", group=AI),
    token("voyage-key", "Voyage key", r"pa-[A-Za-z0-9_-]{43}", "pa-", group=AI, check="mixed"),
    token("jina-key", "Jina key", r"jina_[a-f0-9]{32}[A-Za-z0-9_-]{28}", "jina_", group=AI),
    token("cerebras-key", "Cerebras key", r"csk-[a-z0-9]{48}", "csk-", group=AI),
    token("fireworks-key", "Fireworks key", r"fw_[A-Za-z0-9]{22,28}", "fw_", group=AI),
    token("databricks-token", "Databricks token", r"dapi[a-f0-9]{32}(?:-\d)?|dose[a-f0-9]{32}", "dapi", "dose", group=AI),
    token("wandb-key", "Weights & Biases key", r"wandb_v1_[A-Za-z0-9_]{60,90}", "wandb_v1_", group=AI),
    token("elevenlabs-key", "ElevenLabs key", r"sk_[a-f0-9]{48}", "sk_", group=AI),
    token("modal-token", "Modal token secret", r"(?:as|ak)-[A-Za-z0-9]{22}", "as-", "ak-", group=AI),
    named("wandb-hex-key", "Weights & Biases key of the older form", r"[a-f0-9]{40}", "wandb", group=AI),
    named("cohere-key", "Cohere key", r"[A-Za-z0-9]{40}", "cohere", group=AI),
    named("mistral-key", "Mistral key", r"[A-Za-z0-9]{32}", "mistral", group=AI),
    named("together-key", "Together AI key", r"[a-f0-9]{64}", "together", group=AI),
    named("deepgram-key", "Deepgram key", r"[a-f0-9]{40}", "deepgram", group=AI),
    named("assemblyai-key", "AssemblyAI key", r"[a-f0-9]{32}", "assemblyai", group=AI),
    named("azure-openai-key", "Azure OpenAI key of the older form", r"[a-f0-9]{32}", "azure_openai", "azure-openai", "azureopenai", group=AI),
)
