package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// presigned runs build/presigned for the user of the story, and returns what it prints.
func (s *story) presigned(format string, values ...any) (string, error) {
	return s.shell.enter("PRESIGNED_OUTPUTS=" + s.outputs + " " + s.variables(s.username) + " build/presigned " + fmt.Sprintf(format, values...))
}

// variables are the addresses of the deployment, because the outputs name AWS's, and the folder of a user's sign-in. They
// are assignments of the shell.
func (s *story) variables(user string) string {
	d, folder := s.deployment, filepath.Join(s.emulator.scratch, user)
	return strings.Join([]string{
		"XDG_CONFIG_HOME=" + folder, "XDG_CACHE_HOME=" + folder,
		"SSL_CERT_FILE=" + s.emulator.certificate, "PRESIGNED_COGNITO_URL=" + s.emulator.url,
		"PRESIGNED_UPLOAD_URL=" + d.UploadURL, "PRESIGNED_DOWNLOAD_URL=" + d.DownloadURL, "PRESIGNED_DELETE_URL=" + d.DeleteURL,
	}, " ")
}

// uploadFile uploads a file and returns its key.
func (s *story) uploadFile(file string) (string, error) {
	printed, err := s.presigned("upload --quiet %s", file)
	key, _, found := strings.Cut(printed, "\t")
	if err == nil && !found {
		err = errors.New("presigned upload: got " + printed + ", want a key and a tab")
	}
	return key, err
}
