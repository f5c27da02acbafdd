// The same handler on AWS SDK for JavaScript v3, bundled with esbuild.
"use strict";
const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");
const { getSignedUrl } = require("@aws-sdk/s3-request-presigner");

const client = new S3Client({});

exports.handler = async (event) => {
  const { username, contentType } = JSON.parse(event.body);
  const key = `${username}/${Date.now()}`;
  const command = new PutObjectCommand({ Bucket: process.env.BUCKET, Key: key, ContentType: contentType });
  const url = await getSignedUrl(client, command, { expiresIn: 300 });
  return {
    statusCode: 200,
    headers: { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" },
    body: JSON.stringify({ url, key }),
  };
};
