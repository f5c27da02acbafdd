package apigateway_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/local/apigateway"
	"example.com/presigned/local/lambdaruntime"
	"example.com/presigned/local/template"
)

// goldens are the templates that the stack synthesizes to.
func goldens(t *testing.T) map[string]map[string]any {
	t.Helper()
	files, err := filepath.Glob("../../infra/stack/testdata/*.template.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden templates: %v", err)
	}
	docs := map[string]map[string]any{}
	for _, file := range files {
		if filepath.Base(file) == "account.template.json" { // a stack without an API
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		docs[filepath.Base(file)] = doc
	}
	return docs
}

// serve is the API of a golden template, with functions that tell their logical IDs.
func serve(t *testing.T, doc map[string]any, p *pool) (*template.Template, *apigateway.API) {
	t.Helper()
	tmpl := assembly(t, doc)
	if err := lambdaruntime.Register(tmpl); err != nil {
		t.Fatal(err)
	}
	if err := apigateway.Register(tmpl); err != nil {
		t.Fatal(err)
	}
	c := apigateway.Config{
		Template: tmpl, Clock: now, AccessLog: &bytes.Buffer{},
		Functions: map[string]apigateway.Invoker{}, UserPools: map[string]apigateway.UserPool{
			poolARN: p, "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEfGhI": p, // as in existingpool.json
		},
	}
	for _, r := range tmpl.Resources("AWS::Lambda::Function") {
		c.Functions[r.LogicalID] = answers(`{"body":"` + r.LogicalID + `"}`)
	}
	for _, r := range tmpl.Resources("AWS::Cognito::UserPool") {
		tmpl.SetID(r.LogicalID, "us-east-1_users", map[string]string{"Arn": poolARN})
	}
	api, err := apigateway.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl, api
}

func TestTheStacksTemplatesAreServed(t *testing.T) {
	for name, doc := range goldens(t) {
		t.Run(name, func(t *testing.T) {
			p := &pool{issuer: "https://issuer.example/pool"}
			tmpl, api := serve(t, doc, p)
			posts := 0
			for _, r := range tmpl.Resources("AWS::ApiGateway::Resource") {
				path := "/" + api.Stage() + "/" + r.Properties["PathPart"].(string)
				posts++
				if resp := send(api, "POST", path, "{}"); resp.StatusCode != 401 {
					t.Errorf("%s without a token: %d, want 401", path, resp.StatusCode)
				}
				token := "Authorization: " + p.token(t, nil)
				if resp := send(api, "OPTIONS", path, ""); resp.StatusCode != 204 && resp.StatusCode != 403 && resp.StatusCode != 404 {
					t.Errorf("preflight of %s: %d", path, resp.StatusCode)
				}
				resp := send(api, "POST", path, "{}", token)
				if body := read(t, resp); resp.StatusCode != 200 || !strings.Contains(body, "Signer") {
					t.Errorf("%s: %d %s, want the function's answer", path, resp.StatusCode, body)
				}
				resp = send(api, "POST", path, `{"unknown":1}`, token)
				if body := read(t, resp); resp.StatusCode != 400 || !strings.Contains(body, "BadRequestBody") || !json.Valid([]byte(body)) {
					t.Errorf("%s with an unknown field: %d %s, want 400", path, resp.StatusCode, body)
				}
			}
			if posts == 0 {
				t.Error("no resource")
			}
			if resp := send(api, "GET", "/"+api.Stage()+"/none", ""); resp.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("unknown path: content type %s, want a problem", resp.Header.Get("Content-Type"))
			}
		})
	}
}
