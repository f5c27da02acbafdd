package attack

import (
	"fmt"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/harness"
)

// boundRows are for a stage with a largest object size, which the answer to createMultipartUpload has.
func boundRows() []Row {
	asking := func(body func(x *Try) string) func(x *Try) harness.Answer {
		return func(x *Try) harness.Answer { return x.ask(x.UploadURL, x.Me.AccessToken, body(x)) }
	}
	return []Row{
		{"no length", asks(operation.Upload, `{"contentType":"text/plain"}`), 400, "InvalidRequest", "a stage with a bound requires the length, and signs it"},
		{"one byte too many", asking(func(x *Try) string {
			return fmt.Sprintf(`{"contentType":"text/plain","contentLength":%d}`, x.MaxUploadBytes+1)
		}), 413, "UploadTooLarge", "checkContentLength"},
		{"an upload within the bounds", func(x *Try) harness.Answer {
			return x.send(x.put(sized(len(content))).Request([]byte(content)))
		}, 200, "", "checkContentLength"},
		{"more bytes than were asked for", func(x *Try) harness.Answer {
			return x.send(x.put(sized(len(content))).Request([]byte(content + content)))
		}, 403, "SignatureDoesNotMatch", "the content length is signed"},
	}
}

func partBoundRows() []Row {
	const slots = "checkSize: each part has its own slot, and the last slot ends at the bound"
	part := func(number func(x *Try) int64, length func(x *Try) int64) func(x *Try) harness.Answer {
		return func(x *Try) harness.Answer {
			return x.ask(x.UploadURL, x.Me.AccessToken, partBody("johndoe/1", "an-upload", int(number(x)), int(length(x))))
		}
	}
	is := func(n int64) func(*Try) int64 { return func(*Try) int64 { return n } }
	last := func(x *Try) int64 { return (x.MaxUploadBytes + x.PartSize - 1) / x.PartSize }
	return []Row{
		{"a part past the part size", part(is(1), func(x *Try) int64 { return x.PartSize + 1 }), 413, "UploadTooLarge", slots},
		{"a last part past the bound", part(last, func(x *Try) int64 { return x.MaxUploadBytes - (last(x)-1)*x.PartSize + 1 }), 413, "UploadTooLarge", slots},
		{"a part after the last", part(func(x *Try) int64 { return last(x) + 1 }, is(1)), 413, "UploadTooLarge", slots},
		{"the largest part number", part(is(10_000), is(1)), 413, "UploadTooLarge", slots},
	}
}

const typeList = "checkContentType: the stage's list"

// typeRows are for a stage with a list of content types that has no web pages.
func typeRows() []Row {
	return []Row{
		{"a web page", asks(operation.Upload, `{"contentType":"text/html","contentLength":1}`), 415, "ContentTypeNotAllowed", typeList},
		{"an image that is not one", asks(operation.Upload, `{"contentType":"imagex/png","contentLength":1}`), 415, "ContentTypeNotAllowed", typeList},
	}
}

func typeInPartsRows() []Row {
	return []Row{{"a web page in parts", asks(operation.Upload, `{"operation":"createMultipartUpload","contentType":"text/html"}`), 415, "ContentTypeNotAllowed", typeList}}
}
