//go:build conformance

package conformance

import (
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/harness"
)

// A client that OpenAPI Generator makes from the contract compiles, and does the main job: testdata/generated has the
// program for each language, conformance.mk makes it.
func TestGeneratedClientsDoTheMainJob(t *testing.T) {
	folder := harness.Build("conformance/generated")
	for language, args := range map[string][]string{
		"Go":         {filepath.Join(folder, "go", "main")},
		"TypeScript": {"node", filepath.Join(folder, "typescript", "dist", "main.js")},
		"Python":     {python(), filepath.Join(folder, "python", "main.py")},
		"Java":       {"java", "-cp", filepath.Join(folder, "java", "target", "classes") + ":" + filepath.Join(folder, "java", "target", "dependency", "*"), "Main"},
	} {
		cmd := command(t, args[0], args[1:]...)
		cmd.Env = append(cmd.Env, "ACCESS_TOKEN="+dev.TokenOf(dev.Username),
			"API_URL="+strings.TrimSuffix(dev.UploadURL, string(operation.Upload)))
		judge(t, "Generated: "+language, told(t, cmd, nil))
	}
}
