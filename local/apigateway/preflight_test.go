package apigateway_test

import "testing"

func TestThePreflightNamesTheOriginThatAskedIfItIsOneOfOurs(t *testing.T) {
	api := setup{}.api(t)
	for origin, want := range map[string]string{
		"https://app.example.com":      "https://app.example.com",
		"http://localhost:5173":        "http://localhost:5173",
		"":                             "",
		"null":                         "",
		"https://app.example.com.evil": "",
		"https://evil.example.com":     "",
		"http://localhost:5173.evil":   "",
		"http://localhost:":            "",
		"xhttp://localhost:1":          "",
		"http://localhost:1\n":         "",
	} {
		resp := send(api, "OPTIONS", "/v1/open", "", "Origin: "+origin)
		if got := resp.Header.Get("Access-Control-Allow-Origin"); got != want || resp.StatusCode != 204 {
			t.Errorf("origin %q: got %d %q, want 204 %q", origin, resp.StatusCode, got, want)
		}
		if got := resp.Header.Get("Vary"); got != "Origin" {
			t.Errorf("origin %q: Vary %q, want Origin", origin, got)
		}
	}
}

func TestAMockWithoutATemplateForTheContentType(t *testing.T) {
	for behaviour, want := range map[string]int{"NEVER": 415, "WHEN_NO_TEMPLATES": 415, "WHEN_NO_MATCH": 500} {
		api := setup{edit: func(r map[string]any) {
			properties(r, "OpenOptions")["Integration"].(map[string]any)["PassthroughBehavior"] = behaviour
		}}.api(t)
		if resp := send(api, "OPTIONS", "/v1/open", "", "Content-Type: text/plain"); resp.StatusCode != want {
			t.Errorf("%s: got %d, want %d", behaviour, resp.StatusCode, want)
		}
	}
}

// preflightTemplate puts a mapping template into the mock and says which header values it sets.
func preflightTemplate(t *testing.T, vtl string) (header string, err error) {
	t.Helper()
	s := setup{edit: func(r map[string]any) {
		integration := properties(r, "OpenOptions")["Integration"].(map[string]any)
		integration["IntegrationResponses"].([]any)[0].(map[string]any)["ResponseTemplates"] = map[string]any{"application/json": vtl}
	}}
	_, api, err := s.load(t)
	if err != nil {
		return "", err
	}
	return send(api, "OPTIONS", "/v1/open", "", "Origin: here").Header.Get("X-Got"), nil
}

func TestMappingTemplates(t *testing.T) {
	const set = `#set($context.responseOverride.header.X-Got = `
	const origin = `#set($o = $input.params().header.get("Origin"))`
	for template, want := range map[string]string{
		set + `"static")`:    "static",
		set + `'single')`:    "single",
		origin + set + `$o)`: "here",
		set + `$unset)`:      "",
		`#set($a = "x")#set($b = $a)` + set + `$b)`:                                                              "x",
		origin + `#if($o == "here")` + set + `"yes")#else` + set + `"no")#end`:                                   "yes",
		origin + `#if($o != "here")` + set + `"yes")#else` + set + `"no")#end`:                                   "no",
		origin + `#if(!($o == "here"))` + set + `"yes")#else` + set + `"no")#end`:                                "no",
		origin + `#if($o == "a")` + set + `"a")#elseif($o == "here")` + set + `"b")#else` + set + `"c")#end`:     "b",
		origin + `#if($o == "a")` + set + `"a")#elseif($o == "b")` + set + `"b")#else` + set + `"c")#end`:        "c",
		origin + `#if($o.matches("h.*") && $o != "")` + set + `"yes")#end`:                                       "yes",
		origin + `#if($o.matches("her"))` + set + `"yes")#end`:                                                   "",
		origin + `#if($o == "x" || $o == "y" || $o == "here")` + set + `"yes")#end`:                              "yes",
		origin + `#if($o == "here" && $o == "y" || $o == "z")` + set + `"yes")#end`:                              "",
		origin + `#if($o)#if($o == "here")` + set + `"in")#end#end`:                                              "in",
		"\n" + origin + "\n#if( $o == \"here\" )\n  #set( $context.responseOverride.header.X-Got = $o )\n#end\n": "here",
	} {
		if got, err := preflightTemplate(t, template); got != want || err != nil {
			t.Errorf("%s: got %q %v, want %q", template, got, err, want)
		}
	}
}

func TestMappingTemplatesBeyondThePartThatIsModelledStopTheStart(t *testing.T) {
	for _, template := range []string{
		`{"some": "body"}`, `$input.body`, `#foreach($x in $y)#end`, `#set($x = 1)`, `#set($x = $y + "a")`, `#set($context.x = "a")`,
		`#set($x = $input.body)`, `#set($x = $context.stage)`, `#set($x = "a$y")`, `#if($x == "a")`, `#end`, `#else`, `#if($x.startsWith("a"))#end`,
		`#if($x.matches("("))#end`, `#if($x.matches($y))#end`, `#set($x = "a"`, `#set(x = "a")`, `## comment`,
	} {
		if _, err := preflightTemplate(t, template); err == nil {
			t.Errorf("%s: no error", template)
		}
	}
}
