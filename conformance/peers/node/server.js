// The product server on grpc-js: the ordinary service, and the drills of ../README.md.
'use strict';

const { once } = require('events');
const { grpc, ProductService, MESSAGE, TRAILERS, DESCRIPTION, DETAILS, PRODUCTS, Status, metadata, split } = require('./service');
const { serverCredentials } = require('./secured');

const products = new Map(PRODUCTS.map((product) => [product.id, product]));
const tokens = new Map();
let gate = [];
let sent = 0;

// A promise that is resolved from outside, once and for all.
function token(name) {
  if (!tokens.has(name)) {
    const token = {};
    token.noted = new Promise((resolve) => (token.note = resolve));
    tokens.set(name, token);
  }
  return tokens.get(name);
}

const failure = (code, details, entries = []) => ({ code, details, metadata: metadata(entries) });

const drills = {
  error: (code) => { throw failure(Number(code), MESSAGE, TRAILERS); },
  details: () => {
    const details = Buffer.from(Status.encode(Status.fromObject(DETAILS)).finish());
    throw failure(grpc.status.FAILED_PRECONDITION, MESSAGE, [['grpc-status-details-bin', details]]);
  },
  metadata: (_, call) => {
    const headers = new grpc.Metadata();
    const trailers = new grpc.Metadata();
    for (const key of Object.keys(call.metadata.getMap()).filter((key) => key.startsWith('x-echo-'))) {
      for (const value of call.metadata.get(key)) {
        headers.add(key, value);
        trailers.add(key.replace('x-echo-', 'x-trailer-'), value);
      }
    }
    call.sendMetadata(headers);
    return [{ id: 'metadata' }, trailers];
  },
  identity: (_, call) => ({
    id: 'identity',
    name: call.getAuthContext().sslPeerCertificate?.subject.CN,
    description: String(call.metadata.get('authorization')[0] ?? ''),
  }),
  deadline: (_, call) => {
    const deadline = call.getDeadline();
    return { id: 'deadline', stock_quantity: deadline === Infinity ? -1 : Math.round(deadline - Date.now()) };
  },
  hang: (name, call) => {
    token(`${name}-begun`).note();
    return new Promise((_, reject) => call.on('cancelled', () => {
      token(name).note();
      reject(failure(grpc.status.CANCELLED, 'cancelled'));
    }));
  },
  seen: async (name) => {
    const late = AbortSignal.timeout(10_000);
    const missing = once(late, 'abort').then(() => { throw failure(grpc.status.NOT_FOUND, `${name} was not noted`); });
    await Promise.race([token(name).noted, missing]);
    return { id: name };
  },
  gate: async (size, call) => {
    await new Promise((open) => {
      gate.push(open);
      if (gate.length === Number(size)) gate.splice(0).forEach((open) => open());
    });
    return { id: 'gate', description: call.getPeer() };
  },
  large: (size) => ({ id: 'large', description: 'x'.repeat(Number(size)) }),
  gzip: (size) => drills.large(size), // grpc-js does not compress responses
  sent: () => ({ id: 'sent', stock_quantity: sent }),
  release: (name) => { token(name).note(); return { id: name }; },
  memory: () => ({ id: 'memory', stock_quantity: process.resourceUsage().maxRSS }),
};

async function getProduct(call) {
  const id = call.request.product_id;
  const [drill, argument] = split(id);
  if (Object.hasOwn(drills, drill)) return drills[drill](argument, call);
  if (id === '') throw failure(grpc.status.INVALID_ARGUMENT, 'product_id is required');
  if (!products.has(id)) throw failure(grpc.status.NOT_FOUND, `product ${id} not found`);
  return products.get(id);
}

// Writes and waits while the peer does not read; false once the call has ended.
async function send(call, product) {
  if (!call.cancelled && !call.write(product)) {
    await new Promise((resolve) => {
      const done = () => { call.off('drain', done).off('cancelled', done); resolve(); };
      call.on('drain', done).on('cancelled', done);
    });
  }
  return !call.cancelled;
}

// The requests of a call; unlike plain iteration it leaves the call open for the answer.
const requests = (call) => call.iterator({ destroyOnReturn: false });

async function listProducts(call) {
  const [drill, argument] = split(call.request.category);
  if (drill === 'count' || drill === 'gzip') {
    sent = 0;
    for (; sent < Number(argument); sent++) {
      if (!await send(call, { id: `item-${sent}`, description: DESCRIPTION })) return;
    }
  } else if (drill === 'fail') {
    for (let index = 0; index < Number(argument); index++) await send(call, { id: `item-${index}` });
    throw failure(grpc.status.ABORTED, MESSAGE, TRAILERS);
  } else if (drill === 'endless') {
    while (await send(call, { id: 'endless', description: DESCRIPTION }));
    token(argument).note();
  } else {
    for (const product of products.values()) {
      if (call.request.category === '' || product.category === call.request.category) await send(call, product);
    }
  }
}

async function uploadProducts(call) {
  const product_ids = [];
  let products_created = 0;
  for await (const product of requests(call)) {
    products_created += 1;
    const [drill, argument] = split(product.id);
    if (drill === 'error') throw failure(Number(argument), MESSAGE, TRAILERS);
    if (drill === 'stall') await token(argument).noted;
    if (!['came', 'discard', 'stall'].includes(drill)) {
      products.set(product.id, product);
      product_ids.push(product.id);
    }
  }
  return { products_created, product_ids };
}

async function productUpdates(call) {
  for await (const { product_id, update, ...change } of requests(call)) {
    const [drill, argument] = split(product_id);
    if (drill === 'hang') await drills.hang(argument, call);
    const product = products.get(product_id);
    if (!product) continue;
    if (update === 'new_price') product.price = change.new_price;
    if (update === 'stock_adjustment') product.stock_quantity = (product.stock_quantity || 0) + change.stock_adjustment;
    if (update === 'new_status') product.status = change.new_status;
    await send(call, product);
  }
}

const single = (handler) => (call, respond) => handler(call)
  .then((answer) => respond(null, ...[answer].flat()), (error) => respond(error));
const stream = (handler) => (call) => handler(call)
  .then(() => call.end(), (error) => call.emit('error', error));

const server = new grpc.Server();
server.addService(ProductService.service, {
  GetProduct: single(getProduct),
  ListProducts: stream(listProducts),
  UploadProducts: single(uploadProducts),
  ProductUpdates: stream(productUpdates),
});
server.bindAsync('127.0.0.1:0', serverCredentials(), (error, port) => {
  if (error) throw error;
  console.log(`listening 127.0.0.1:${port}`);
  process.stdin.resume().on('end', () => process.exit(0));
});
