// A local authorization server for the cases with credentials. It writes two files into a folder: `account.json`, the
// key file of a service account, and `keys.json`, the keys that sign valid tokens. The account signs tokens itself, or
// has the server give it one (RFC 7523) at the `token_uri` of its key file.
'use strict';

const { createPublicKey, generateKeyPairSync } = require('crypto');
const { writeFileSync } = require('fs');
const http = require('http');
const path = require('path');
const { flags, signToken, verifyToken } = require('./interop_service');

const FLAGS = flags('port', 'folder');
// The audience that google-auth for Python names, whatever the key file says.
const GOOGLE = 'https://oauth2.googleapis.com/token';
const EMAIL = 'interop@test.iam.gserviceaccount.com';
const encoding = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } };
const newKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048, ...encoding });

const [account, own] = [newKeys(), newKeys()];
// A member of our own tells whose tokens the key signs.
const jwk = (kid, issuer, { publicKey }) => (
  { ...createPublicKey(publicKey).export({ format: 'jwk' }), kid, issuer, use: 'sig', alg: 'RS256' });
const accountKey = jwk('account', EMAIL, account);

async function text(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

// Answers an assertion of the account with a token for any server.
async function token(request) {
  const form = new URLSearchParams(await text(request));
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') throw new Error('another grant');
  const claims = verifyToken(form.get('assertion'), { keys: [accountKey] });
  if (claims.iss !== EMAIL || ![url, GOOGLE].includes(claims.aud)) throw new Error('the assertion is not for this server');
  const now = Math.floor(Date.now() / 1000);
  const { iss: email, scope } = claims;
  const granted = { iss: url, sub: email, email, scope, aud: 'grpc.testing.TestService', iat: now, exp: now + 3600 };
  return { access_token: signToken(granted, 'server', own.privateKey), token_type: 'Bearer', expires_in: 3600 };
}

let url;
const server = http.createServer((request, response) => token(request).then(
  (granted) => response.end(JSON.stringify(granted)),
  (error) => response.writeHead(400).end(JSON.stringify({ error: 'invalid_grant', error_description: error.message })),
));
server.listen(Number(FLAGS.port), '127.0.0.1', () => {
  url = `http://127.0.0.1:${server.address().port}/token`;
  const write = (name, value) => writeFileSync(path.join(FLAGS.folder, name), JSON.stringify(value));
  write('keys.json', { keys: [accountKey, jwk('server', url, own)] });
  write('account.json', {
    type: 'service_account', project_id: 'test', private_key_id: 'account', private_key: account.privateKey,
    client_email: EMAIL, client_id: '1', token_uri: url,
  });
  console.log(`listening ${url}`);
});
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit(0));
