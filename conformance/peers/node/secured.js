// TLS where CERTIFICATES names a folder of certificates; both sides show theirs. Plaintext elsewhere.
'use strict';

const fs = require('fs');
const path = require('path');
const { grpc } = require('./service');

const { CERTIFICATES } = process.env;
const read = (name) => fs.readFileSync(path.join(CERTIFICATES, name));

exports.secured = Boolean(CERTIFICATES);

exports.serverCredentials = () => {
  if (!CERTIFICATES) return grpc.ServerCredentials.createInsecure();
  const ours = [{ private_key: read('server.key'), cert_chain: read('server.pem') }];
  return grpc.ServerCredentials.createSsl(read('ca.pem'), ours, true);
};

// Trusts `ca`, is `identity`, and sends `token` with each call.
exports.credentials = ({ ca = 'ca', identity = 'client', token } = {}) => {
  if (!CERTIFICATES) return grpc.credentials.createInsecure();
  const ours = identity ? [read(`${identity}.key`), read(`${identity}.pem`)] : [];
  const credentials = grpc.credentials.createSsl(read(`${ca}.pem`), ...ours);
  if (!token) return credentials;
  const call = grpc.credentials.createFromMetadataGenerator((_, done) => {
    const metadata = new grpc.Metadata();
    metadata.add('authorization', `Bearer ${token}`);
    done(null, metadata);
  });
  return grpc.credentials.combineChannelCredentials(credentials, call);
};
