// What the interop client and server share: the services, flags, payloads.
'use strict';

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
