// What the interop client and server share: the services, flags, payloads.
'use strict';

const { createPublicKey, createSign, createVerify } = require('crypto');
const path = require('path');
const { parseArgs } = require('util');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const definition = loader.loadSync('grpc/testing/test.proto', {
  keepCase: true, longs: Number, enums: Number, defaults: true,
  includeDirs: [path.join(__dirname, '../../../proto')],
});
const credentials = 'src/core/tsi/test_creds';

exports.grpc = grpc;
exports.services = grpc.loadPackageDefinition(definition).grpc.testing;
exports.ECHO_INITIAL = 'x-grpc-test-echo-initial';
exports.ECHO_TRAILING = 'x-grpc-test-echo-trailing-bin';
exports.CA_FILE = `${credentials}/ca.pem`;
exports.CERT_FILE = `${credentials}/server1.pem`;
exports.KEY_FILE = `${credentials}/server1.key`;

exports.zeros = (size) => ({ body: Buffer.alloc(size) });

// Flags, all of which have a value; the names are those that may be given.
exports.flags = (...names) => parseArgs({
  options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
}).values;

// A JSON Web Token (RFC 7519), signed with RS256.
exports.signToken = (claims, kid, privateKey) => {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid })}.${encode(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
};

// The claims of a token that one of these keys has signed.
exports.verifyToken = (token, { keys }) => {
  const [head, body, signature] = token.split('.');
  const decode = (part) => JSON.parse(Buffer.from(part, 'base64url'));
  const key = createPublicKey({ key: keys.find(({ kid }) => kid === decode(head).kid), format: 'jwk' });
  const valid = createVerify('RSA-SHA256').update(`${head}.${body}`).verify(key, signature, 'base64url');
  const claims = decode(body);
  if (!valid || claims.exp < Date.now() / 1000) throw new Error('the token is not valid');
  return claims;
};
