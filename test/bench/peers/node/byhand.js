// The same handler without an SDK: what Node.js itself can do.
"use strict";
const { createHash, createHmac } = require("node:crypto");

const { AWS_REGION: region, BUCKET: bucket, AWS_ACCESS_KEY_ID: keyId, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session } = process.env;
const host = `${bucket}.s3.${region}.amazonaws.com`;

const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

// SigV4: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
function presignPut(key, contentType) {
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const path = `/${key.split("/").map(encode).join("/")}`;
  const query =
    `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encode(`${keyId}/${scope}`)}&X-Amz-Date=${time}&X-Amz-Expires=300` +
    `&X-Amz-Security-Token=${encode(session)}&X-Amz-SignedHeaders=content-type%3Bhost`;
  const canonical = `PUT\n${path}\n${query}\ncontent-type:${contentType}\nhost:${host}\n\ncontent-type;host\nUNSIGNED-PAYLOAD`;
  const digest = createHash("sha256").update(canonical).digest("hex");
  const signingKey = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), "s3"), "aws4_request");
  const signature = hmac(signingKey, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${digest}`).toString("hex");
  return `https://${host}${path}?${query}&X-Amz-Signature=${signature}`;
}

exports.handler = async (event) => {
  const { username, contentType } = JSON.parse(event.body);
  const key = `${username}/${Date.now()}`;
  return {
    statusCode: 200,
    headers: { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" },
    body: JSON.stringify({ url: presignPut(key, contentType), key }),
  };
};
