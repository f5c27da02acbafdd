package client

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"example.com/presigned/test/measure"
)

const ours = "presigned (this project)"

// server is the S3 server that every tool is measured against, with a bucket of each side.
type server struct {
	url, region, keyID, secret string
	home                       string // the variable HOME of every tool
	outputs                    string // of the stack, for our CLI
	uploadURL, downloadURL     string // of the API
}

// bucket is the others': it has no policy, and they need no sign-in.
const bucket = "bench"

// job is a set of files to upload, and to download again.
type job struct {
	name  string
	dir   string   // where they are
	files []string // their names
	bytes int64    // of all of them
	keys  []string // of our CLI's last upload

	prefix string // of the keys that the others uploaded last
	runs   int
}

// newName is a key prefix or a folder for the next run. Many files get a new one each time: ext4 takes twice as long to
// create a file while it looks for inodes that were deleted less than a minute ago.
func (j *job) newName() string {
	if len(j.files) == 1 {
		return j.name
	}
	j.runs++
	return fmt.Sprintf("%s-%d", j.name, j.runs)
}

func (j *job) paths() []string {
	paths := make([]string, len(j.files))
	for i, name := range j.files {
		paths[i] = filepath.Join(j.dir, name)
	}
	return paths
}

// tool moves a job's files up, and down into a folder.
type tool struct {
	name     string
	version  string
	env      []string
	upload   func(j *job) []string
	download func(j *job, into string) []string
}

// command makes a tool's process. It sees nothing of the environment but what it is given.
func (t tool) command(ctx context.Context, arguments []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, arguments[0], arguments[1:]...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}, t.env...)
	return cmd
}

// tools are those that are there; missing are the names of the others.
func tools(build string, s server) (found []tool, missing []string) {
	bench := filepath.Join(build, "bench")
	aws := filepath.Join(build, "venv", "bench", "peers", "awscli", "bin", "aws")
	s5cmd, rclone := filepath.Join(bench, "s5cmd"), filepath.Join(bench, "rclone")
	keys := []string{s.home, "AWS_ACCESS_KEY_ID=" + s.keyID, "AWS_SECRET_ACCESS_KEY=" + s.secret, "AWS_REGION=" + s.region, "AWS_DEFAULT_REGION=" + s.region}
	all := []tool{
		presigned(filepath.Join(build, "presigned"), s.ourEnv()),
		copies("s5cmd", "s5cmd 2.3.0", keys, "s3://", "/*", "/", s5cmd, "--endpoint-url", s.url, "cp"),
		copies("rclone", firstLine(measure.Output(rclone, "version")), append(slices.Clone(keys), "RCLONE_CONFIG=",
			"RCLONE_S3_PROVIDER=Other", "RCLONE_S3_ENV_AUTH=true", "RCLONE_S3_ENDPOINT="+s.url, "RCLONE_S3_REGION="+s.region,
			"RCLONE_S3_NO_CHECK_BUCKET=true", "RCLONE_TRANSFERS=16", "RCLONE_S3_UPLOAD_CONCURRENCY=16", "RCLONE_S3_CHUNK_SIZE=16M",
			"RCLONE_EXPECT_CONTINUE_TIMEOUT=0", "RCLONE_IGNORE_TIMES=true"), ":s3:", "", "", rclone, "copy"),
		copies("aws s3 cp", measure.Output(aws, "--version"), keys, "s3://", "", "",
			aws, "--endpoint-url", s.url, "s3", "cp", "--only-show-errors", "--recursive"),
		curl(bench, s),
	}
	for _, t := range all {
		if _, err := exec.LookPath(t.upload(&job{})[0]); err != nil {
			missing = append(missing, t.name)
			continue
		}
		found = append(found, t)
	}
	return found, missing
}

// copies is a tool that copies from one folder to another, of which one is remote. It adds what stands for all files to the
// source, and what stands for a folder to the target.
func copies(name, version string, env []string, scheme, all, folder string, args ...string) tool {
	remote := func(j *job) string { return scheme + bucket + "/" + j.prefix }
	return tool{
		name: name, version: version, env: env,
		upload:   func(j *job) []string { return append(slices.Clone(args), j.dir+all, remote(j)+folder) },
		download: func(j *job, into string) []string { return append(slices.Clone(args), remote(j)+all, into+folder) },
	}
}

func presigned(program string, env []string) tool {
	return tool{
		name: ours, version: measure.Output(program, "--version"), env: env,
		upload: func(j *job) []string {
			return append([]string{program, "upload", "--quiet", "--verbose"}, j.paths()...)
		},
		download: func(j *job, into string) []string {
			return append([]string{program, "download", "--quiet", "--verbose", "-o", into}, j.keys...)
		},
	}
}

// curl is the ceiling: it signs no content, checks none, and splits no file.
func curl(bench string, s server) tool {
	config := filepath.Join(bench, "curl.config")
	run := func(lines func(name string) string, j *job) []string {
		var b strings.Builder
		for _, name := range j.files {
			b.WriteString(lines(name))
		}
		if err := os.WriteFile(config, []byte(b.String()), 0o600); err != nil {
			return []string{"curl", "--version", err.Error()}
		}
		return []string{
			"curl", "--silent", "--show-error", "--fail", "--parallel", "--parallel-max", "16", "--user", s.keyID + ":" + s.secret,
			"--aws-sigv4", "aws:amz:" + s.region + ":s3", "--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD", "--config", config,
		}
	}
	object := func(j *job, name string) string { return fmt.Sprintf("%s/%s/%s/%s", s.url, bucket, j.prefix, name) }
	return tool{
		name: "curl", version: firstLine(measure.Output("curl", "--version")), env: []string{s.home},
		upload: func(j *job) []string {
			return run(func(name string) string {
				return fmt.Sprintf("upload-file = %q\nurl = %q\n", filepath.Join(j.dir, name), object(j, name))
			}, j)
		},
		download: func(j *job, into string) []string {
			return run(func(name string) string {
				return fmt.Sprintf("output = %q\nurl = %q\n", filepath.Join(into, name), object(j, name))
			}, j)
		},
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	words := strings.Fields(line)
	return strings.Join(words[:min(len(words), 2)], " ")
}
