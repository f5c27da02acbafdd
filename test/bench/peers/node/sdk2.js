// The article's handler: AWS SDK for JavaScript v2, as the Node.js runtimes used to bring it along.
"use strict";
const AWS = require("aws-sdk");

const s3 = new AWS.S3({ signatureVersion: "v4" });

exports.handler = async (event) => {
  const { username, contentType } = JSON.parse(event.body);
  const key = `${username}/${Date.now()}`;
  const url = await s3.getSignedUrlPromise("putObject", {
    Bucket: process.env.BUCKET,
    Key: key,
    ContentType: contentType,
    Expires: 300,
  });
  return {
    statusCode: 200,
    headers: { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" },
    body: JSON.stringify({ url, key }),
  };
};
