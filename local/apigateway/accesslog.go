package apigateway

import "io"

// logAccess writes the stage's access log line. As on AWS, what has no value is a dash, and a request to no stage is
// in no stage's log.
func (a *API) logAccess(x *exchange) {
	if a.accessLog == nil || x.refused().kind == forbidden && x.refusal != nil {
		return
	}
	line := a.accessLog.render(x, "-") + "\n"
	a.logMu.Lock()
	defer a.logMu.Unlock()
	_, _ = io.WriteString(a.log, line) // a log that cannot be written has nobody to tell
}
