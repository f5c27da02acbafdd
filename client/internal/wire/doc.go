// Package wire speaks with the two servers: it asks the endpoint for a presigned URL, and sends to S3
// exactly what the answer says. It turns their refusals into errors that know whether another attempt
// can help, and keeps presigned URLs and tokens out of every one of them.
//
// Only this module may import it. It knows one request at a time: what a file is, or an upload, is
// known one level up.
package wire
