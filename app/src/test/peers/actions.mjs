// Does with Node's clients what it is told: node actions.mjs ROOT_URL CLIENT/VERB/MODEL...
// All run at once; each prints one JSON line when it is over. ClientAction.java knows the clients, verbs and lines.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.env.HEADGATE_PEERS}/node/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)));

const [root, ...actions] = process.argv.slice(2);
const ASKED = 'Tell me a story.';
const TEXTS = ['hello', 'a second text'];
const apiKey = 'unused';
const apiVersion = '2024-10-21';
const messages = [{ role: 'user', content: ASKED }];

// A client's verbs. `chat` returns the text. `stream` yields pieces of text, of which `seen` collects the ends.
// `embed` returns vectors. `signal` aborts a stream.

const official = (client) => ({
  chat: async (model) => (await client.chat.completions.create({ model, messages })).choices[0].message.content,
  stream: async function* (model, seen, signal) {
    const stream_options = { include_usage: true };
    const chunks = await client.chat.completions.create({ model, messages, stream: true, stream_options }, { signal });
    for await (const chunk of chunks) {
      seen.model = chunk.model;
      seen.finish = chunk.choices[0]?.finish_reason ?? seen.finish;
      seen.tokens = chunk.usage?.completion_tokens ?? seen.tokens;
      yield chunk.choices[0]?.delta?.content ?? '';
    }
  },
  embed: async (model) => (await client.embeddings.create({ model, input: TEXTS })).data.map((one) => one.embedding),
});

const langchain = (Chat, Embeddings, options) => ({
  chat: async (model) => (await new Chat(options(model)).invoke(ASKED)).content,
  stream: async function* (model, seen, signal) {
    for await (const chunk of await new Chat(options(model)).stream(ASKED, { signal })) {
      seen.model = chunk.response_metadata?.model_name ?? seen.model;
      seen.finish = chunk.response_metadata?.finish_reason ?? seen.finish;
      seen.tokens = chunk.usage_metadata?.output_tokens ?? seen.tokens;
      yield chunk.content;
    }
  },
  embed: async (model) => new Embeddings(options(model)).embedDocuments(TEXTS),
});

const vercel = ({ generateText, streamText, embedMany }, provider, speaker) => ({
  chat: async (model) => (await generateText({ model: speaker(model), prompt: ASKED })).text,
  stream: async function* (model, seen, abortSignal) {
    const { fullStream } = streamText({ model: speaker(model), prompt: ASKED, abortSignal, onError: () => {} });
    for await (const part of fullStream) {
      if (part.type === 'error') {
        throw part.error instanceof Error ? part.error : new Error(part.error?.message ?? JSON.stringify(part.error));
      } else if (part.type === 'text-delta') {
        yield part.text;
      } else if (part.type === 'finish-step') {
        seen.model = part.response.modelId;
        seen.finish = part.finishReason;
        seen.tokens = part.usage.outputTokens;
      }
    }
  },
  embed: async (model) => (await embedMany({ model: provider.embedding(model), values: TEXTS })).embeddings,
});

const makers = {
  openai: async () => official(new (require('openai').OpenAI)({ baseURL: `${root}/v1`, apiKey })),
  azure: async () => official(new (require('openai').AzureOpenAI)({ endpoint: root, apiKey, apiVersion })),
  langchain: async () => {
    const { ChatOpenAI, OpenAIEmbeddings } = await load('@langchain/openai');
    return langchain(ChatOpenAI, OpenAIEmbeddings, (model) => ({
      model, apiKey, maxRetries: 0, configuration: { baseURL: `${root}/v1` },
    }));
  },
  'langchain-azure': async () => {
    const { AzureChatOpenAI, AzureOpenAIEmbeddings } = await load('@langchain/openai');
    return langchain(AzureChatOpenAI, AzureOpenAIEmbeddings, (model) => ({
      azureOpenAIApiKey: apiKey,
      azureOpenAIApiVersion: apiVersion,
      azureOpenAIBasePath: `${root}/openai/deployments`,
      azureOpenAIApiDeploymentName: model,
      azureOpenAIApiEmbeddingsDeploymentName: model,
      maxRetries: 0,
    }));
  },
  ai: async () => {
    const provider = (await load('@ai-sdk/openai')).createOpenAI({ baseURL: `${root}/v1`, apiKey });
    return vercel(await load('ai'), provider, (model) => provider(model));
  },
  'ai-chat': async () => {
    const provider = (await load('@ai-sdk/openai')).createOpenAI({ baseURL: `${root}/v1`, apiKey });
    return vercel(await load('ai'), provider, (model) => provider.chat(model));
  },
};
const made = {};

const streamed = async (client, model, seen, signal, enough) => {
  seen.text = '';
  for await (const piece of client.stream(model, seen, signal)) {
    seen.pieces += piece === '' ? 0 : 1;
    seen.text += piece;
    if (enough(seen)) {
      return;
    }
  }
};

const verbs = {
  chat: async (client, model, seen) => {
    seen.text = await client.chat(model);
  },
  embed: async (client, model, seen) => {
    seen.vectors = await client.embed(model);
  },
  stream: (client, model, seen) => streamed(client, model, seen, undefined, () => false),
  // Stops listening after the first piece, as a user who has seen enough.
  cancel: async (client, model, seen) => {
    const abort = new AbortController();
    const enough = ({ pieces }) => {
      if (pieces > 0) {
        seen.cancelledAtMillis = Date.now();
        abort.abort();
      }
      return pieces > 0;
    };
    await streamed(client, model, seen, abort.signal, enough);
  },
};

const act = async (action) => {
  const [name, verb, model] = action.split('/');
  const seen = { action, pieces: 0 };
  try {
    made[name] ??= makers[name]();
    await verbs[verb](await made[name], model, seen);
  } catch (e) {
    seen.error = e.message;
    seen.errorType = e.constructor.name;
  }
  console.log(JSON.stringify(seen));
};

// Lives until its input ends, so that nobody takes the end of the process for a cancelled stream.
process.stdin.on('end', () => process.exit(0)).resume();
await Promise.all(actions.map(act));
