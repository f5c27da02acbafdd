package apigateway

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/presigned/local/template"
)

type gatewayResponseProperties struct {
	ResponseType       kind
	StatusCode         template.Int
	ResponseParameters map[string]string
	ResponseTemplates  map[string]string
}

func (l *loader) gatewayResponses() error {
	for _, r := range l.t.Resources("AWS::ApiGateway::GatewayResponse") {
		var p gatewayResponseProperties
		if err := l.t.Decode(r, &p); err != nil {
			return err
		}
		if _, known := kinds()[p.ResponseType]; !known {
			return fmt.Errorf("%s: no gateway response type %q", r.LogicalID, p.ResponseType)
		}
		response, err := p.compile()
		if err != nil {
			return fmt.Errorf("%s (%s): %w", r.LogicalID, p.ResponseType, err)
		}
		l.a.gatewayResponses[p.ResponseType] = response
	}
	return nil
}

func (p gatewayResponseProperties) compile() (gatewayResponse, error) {
	g := gatewayResponse{
		status: int(p.StatusCode), contentType: "application/json", headers: map[string]*text{},
		body: &text{segments: []segment{
			{literal: `{"message":`}, {variable: variables()["error.messageString"], quoted: true}, {literal: "}"},
		}},
	}
	if len(p.ResponseTemplates) > 1 {
		return g, fmt.Errorf("response templates for %v: the local run models one, whatever the client accepts", slices.Sorted(maps.Keys(p.ResponseTemplates)))
	}
	var err error
	for contentType, body := range p.ResponseTemplates {
		g.contentType = contentType
		if g.body, err = parseText(body, false); err != nil {
			return g, err
		}
	}
	for parameter, value := range p.ResponseParameters {
		header, ok := strings.CutPrefix(parameter, headerPrefix)
		if !ok {
			return g, fmt.Errorf("response parameter %q: want %sName", parameter, headerPrefix)
		}
		if g.headers[header], err = gatewayParameter(value); err != nil {
			return g, err
		}
	}
	return g, nil
}
