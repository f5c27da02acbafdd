package lambdaruntime

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// environment is all that a process sees: nothing is inherited, so that a function that works here because of a
// variable on the developer's machine does not exist. AWS_EXECUTION_ENV is absent as it is on provided.al2023.
func (f *Function) environment(runtimeAPI string, creds Creds) []string {
	c := f.cfg
	vars := map[string]string{}
	maps.Copy(vars, c.Environment)
	maps.Copy(vars, map[string]string{
		"_HANDLER":                        c.Handler,
		"AWS_ACCESS_KEY_ID":               creds.AccessKeyID,
		"AWS_DEFAULT_REGION":              c.Region,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(c.MemoryMB),
		"AWS_LAMBDA_FUNCTION_NAME":        c.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       c.LogGroup,
		"AWS_LAMBDA_LOG_STREAM_NAME":      c.Now().UTC().Format("2006/01/02/") + "[$LATEST]local",
		"AWS_LAMBDA_RUNTIME_API":          runtimeAPI,
		"AWS_REGION":                      c.Region,
		"AWS_SECRET_ACCESS_KEY":           creds.SecretAccessKey,
		"AWS_SESSION_TOKEN":               creds.SessionToken,
		"LAMBDA_RUNTIME_DIR":              "/var/runtime",
		"LAMBDA_TASK_ROOT":                c.TaskRoot,
		"LANG":                            "en_US.UTF-8",
		"PATH":                            "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"TZ":                              ":UTC",
	})
	if !creds.Expires.IsZero() {
		// Lambda does not say when a session ends; the local run does, so that expiresAt can be tested.
		vars["AWS_CREDENTIAL_EXPIRATION"] = creds.Expires.UTC().Format(time.RFC3339)
	}
	list := make([]string, 0, len(vars))
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		list = append(list, name+"="+vars[name])
	}
	return list
}
