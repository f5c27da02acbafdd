package attack

import (
	"fmt"
	"net/http"
	"strings"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/harness"
)

// toDelete presigns the deletion of a key.
func (x *Try) toDelete(key string) harness.Presigned {
	return x.presign(x.DeleteURL, x.Me.AccessToken, fmt.Sprintf(`{"key":%q}`, key))
}

func deletionRows() []Row {
	onDelete := func(change tamper) func(x *Try) harness.Answer {
		return tampered(operation.Delete, oneObject, "", change)
	}
	return []Row{
		{"a key without an object", func(x *Try) harness.Answer { return x.send(x.toDelete(x.Me.Prefix + "/1000000000000").Request(nil)) }, 204, "", "S3 doesn't say whether there was one"},
		{"the same URL twice", func(x *Try) harness.Answer {
			p := x.toDelete(x.upload(content))
			x.must(http.StatusNoContent, p.Request(nil))
			return x.send(p.Request(nil))
		}, 204, "", "there is nothing left to delete"},
		{"a version added", onDelete(query("versionId", "null")), 403, "SignatureDoesNotMatch", coversRead},
		{"an upload ID added", onDelete(query("uploadId", "VXBsb2FkIElE")), 403, "SignatureDoesNotMatch", coversRead},
		{"another user's key", onDelete(swap("johndoe/", "alice/")), 403, "SignatureDoesNotMatch", coversRead},
		{"another object of one's own", onDelete(swap("?", "1?")), 403, "SignatureDoesNotMatch", coversRead},
		{"the user's whole prefix", onDelete(func(_ *Try, r *harness.Request) {
			before, query, _ := strings.Cut(r.URL, "?")
			r.URL = before[:strings.LastIndex(before, "/")+1] + "?" + query
		}), 403, "SignatureDoesNotMatch", coversRead},
		{"read with a URL to delete", onDelete(method("GET")), 403, "SignatureDoesNotMatch", coversRead},
		{"write with a URL to delete", tampered(operation.Delete, oneObject, "x", method("PUT")), 403, "SignatureDoesNotMatch", coversRead},
		{"past a retention", onDelete(header("X-Amz-Bypass-Governance-Retention", "true")), 403, "AccessDenied", "S3 refuses an x-amz- header that is not signed"},
	}
}

// deletedRows test the state after a deletion.
func deletedRows() []Row {
	return []Row{
		{"removes the object", func(x *Try) harness.Answer {
			key := x.upload(content)
			if a := x.read(fmt.Sprintf(`{"key":%q}`, key)); a.Status != http.StatusOK {
				x.Fatalf("read before: got %d %s", a.Status, a.Body)
			}
			deleted := x.send(x.toDelete(key).Request(nil))
			if a := x.send(x.get(fmt.Sprintf(`{"key":%q}`, key)).Request(nil)); a.Status == http.StatusOK {
				x.Errorf("read afterwards: got the object")
			}
			return deleted
		}, 204, "", "the caller's own object"},
		{"written again under its old URL", func(x *Try) harness.Answer {
			put := x.put(sized(len(content)))
			x.must(http.StatusOK, put.Request([]byte(content)))
			x.must(http.StatusNoContent, x.toDelete(put.Key).Request(nil))
			x.must(http.StatusOK, put.Request([]byte(content)))
			return x.read(fmt.Sprintf(`{"key":%q}`, put.Key))
		}, 200, "", "If-None-Match: * finds no object, so a URL that has not expired writes again: its owner's, for 300 s"},
	}
}
