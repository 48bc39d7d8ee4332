// What Node's openai makes of a server: node embeddings.mjs BASE_URL FULL_BASE_URL MODEL
// FULL_BASE_URL is that of a server whose queue is full. EmbeddingsSeen.java reads what is printed.
import { createRequire } from 'node:module';

const OpenAI = createRequire(`${process.env.HEADGATE_PEERS}/node/package.json`)('openai');
const [baseURL, fullURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'unused' });
const full = new OpenAI({ baseURL: fullURL, apiKey: 'unused', maxRetries: 0 });

const failure = async (call) => {
  try {
    await call;
    return { type: 'none' };
  } catch (e) {
    return {
      type: e.constructor.name,
      status: e.status,
      message: e.message,
      code: e.code,
      retryAfter: e.headers?.get('retry-after'),
    };
  }
};
const create = (input, more = {}) => client.embeddings.create({ model, input, ...more });
const plain = await create('hello');
const float = await create('hello', { encoding_format: 'float' });
const base64 = await create('hello', { encoding_format: 'base64' });
const array = await create(['hello', 'a second text', '你好 🚀']);

console.log(JSON.stringify({
  plain: plain.data[0].embedding,
  float: float.data[0].embedding,
  base64: base64.data[0].embedding,
  array: array.data.map((one) => one.embedding),
  promptTokens: plain.usage.prompt_tokens,
  arrayTokens: array.usage.total_tokens,
  unknownModel: await failure(client.embeddings.create({ model: 'no-such-model', input: 'hello' })),
  emptyText: await failure(create('')),
  queueFull: await failure(full.embeddings.create({ model, input: 'hello' })),
}));
