package client_test

import (
	"strings"
	"testing"

	"example.com/presigned/client"
)

func TestAKeyTellsTheFilesName(t *testing.T) {
	for key, want := range map[string]string{
		"johndoe/1595114575104":                  "",
		"johndoe/1595114575104-report.pdf":       "report.pdf",
		"johndoe/1595114575104-a-b__c_20_d.txt":  "a-b_c d.txt",
		"johndoe/1595114575104-_1F600_.png":      "😀.png",
		"johndoe/1595114575104-_2E_profile":      ".profile",
		"johndoe/1595114575104-_2E__2E__2F_x":    "../x",
		"johndoe/1595114575104-broken_2":         "",
		"johndoe/1595114575104-broken_FFFFFFFF_": "",
		"johndoe/1595114575104-a_1B_b":           "",
		"johndoe/1595114575104-a_9B_b":           "",
		"johndoe/1595114575104-ev_202E_gpj.exe":  "",
		"johndoe/1595114575104-a_2028_b":         "",
		"johndoe/1595114575104-1.01_202F_AM.png": "1.01\u202fAM.png",
		"johndoe/1595114575104-a_200D_b_3000_c":  "a\u200db\u3000c",
		"johndoe/folder-name.txt":                "",
		"john_2F_doe/1595114575104-_D800_":       "",
		"1595114575104-bare":                     "bare",
	} {
		if got := client.NameOf(key); got != want {
			t.Errorf("%q: got %q, want %q", key, got, want)
		}
	}
}

func TestAnUploadSendsTheFilesNameCleaned(t *testing.T) {
	r := newRig(t)
	for name, want := range map[string]string{
		"folder/report.pdf":               "-report.pdf",
		"a\nb\x1b\u202e.txt":              "-ab.txt",
		"1.01\u202fAM\u200d.png":          "-1.01\u202fAM\u200d.png",
		"-":                               "",
		".":                               "",
		"..":                              "",
		"/":                               "",
		strings.Repeat("x", 300) + ".pdf": "-" + strings.Repeat("x", 251) + ".pdf",
		"a." + strings.Repeat("e", 300):   "-a." + strings.Repeat("e", 253), // too long for an extension
		strings.Repeat("x", 300) + "." + strings.Repeat("e", 126): "-" + strings.Repeat("x", 128) + "." + strings.Repeat("e", 126),
	} {
		result, err := r.Upload(t.Context(), client.Bytes(name, "text/plain", []byte("x")))
		if err != nil {
			t.Fatal(err)
		}
		_, got, _ := strings.Cut(result.Key, "johndoe/")
		if got = strings.TrimLeft(got, "0123456789"); got != want {
			t.Errorf("%q: got a key that ends in %q, want %q", name, got, want)
		}
	}
}
