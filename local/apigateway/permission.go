package apigateway

import (
	"regexp"
	"strings"
)

// permission is an AWS::Lambda::Permission: who besides the account itself may invoke a function.
type permission struct {
	Action, FunctionName, Principal string
	SourceArn, SourceAccount        string
}

// loadFunctions finds the functions that run by their ARNs, and who may invoke them.
func (l *loader) loadFunctions() error {
	l.functions = map[string]Invoker{}
	names := map[string]string{}
	for logicalID, function := range l.c.Functions {
		arn, err := l.att(logicalID, "Arn")
		if err != nil {
			return err
		}
		name, err := l.ref(logicalID)
		if err != nil {
			return err
		}
		l.functions[arn], names[name] = function, arn
	}
	for _, r := range l.t.Resources("AWS::Lambda::Permission") {
		var p permission
		if err := l.t.Decode(r, &p); err != nil {
			return err
		}
		if arn, ok := names[p.FunctionName]; ok {
			p.FunctionName = arn
		}
		l.grants = append(l.grants, p)
	}
	return nil
}

// permitted reports whether API Gateway may invoke a function for a method. Without it AWS answers 500
// ("Invalid permissions on Lambda function"), and so does this.
func (l *loader) permitted(functionARN, sourceARN string) bool {
	for _, p := range l.grants {
		action := p.Action == "lambda:InvokeFunction" || p.Action == "lambda:*"
		account := p.SourceAccount == "" || p.SourceAccount == l.a.accountID
		source := p.SourceArn == "" || arnMatches(p.SourceArn, sourceARN)
		if action && account && source && p.FunctionName == functionARN && p.Principal == "apigateway.amazonaws.com" {
			return true
		}
	}
	return false
}

// arnMatches matches as IAM's ArnLike does: * is any run of characters, ? is one.
func arnMatches(pattern, arn string) bool {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(quoted)
	return regexp.MustCompile("^" + quoted + "$").MatchString(arn)
}
