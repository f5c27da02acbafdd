package main

import "encoding/json"

// decode takes the caller and the content type out of a proxy event, as any Go handler would.
func decode(payload []byte) (username, contentType string, err error) {
	var event struct {
		Body           string
		RequestContext struct {
			Authorizer struct {
				Claims struct{ Username string }
			}
		}
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return "", "", err
	}
	var body struct{ ContentType string }
	err = json.Unmarshal([]byte(event.Body), &body)
	return event.RequestContext.Authorizer.Claims.Username, body.ContentType, err
}
