package iam

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// world has the policies of one deployment: those of the template, and those that we give to the callers
// outside it.
type world struct {
	identity      map[string]policy // by caller
	resource      map[string]policy // by the ARN of the bucket or key, or of the role for its trust policy
	publicBlocked bool              // RestrictPublicBuckets of Block Public Access, on every bucket
}

// newWorld reads the policies of a template. It fails if the template has a policy of a kind that it doesn't
// read, because then a role could do more than these tests see.
func newWorld(t *testing.T, d deployment) world {
	t.Helper()
	w := world{
		identity: map[string]policy{administrator: everything(), otherAccountRole: everything(), plainRole: {"Version": "2012-10-17", "Statement": []any{}}},
		resource: map[string]policy{elsewhereKey: accountOnly(), formerKey: accountOnly()},
	}
	for _, typ := range []string{
		"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::Lambda::Url",
		"AWS::S3::AccessPoint", "AWS::S3::AccessGrant",
	} {
		for id := range d.ofType(typ) {
			t.Errorf("%s: this test doesn't read %s", id, typ)
		}
	}
	for id, r := range d.ofType("AWS::IAM::Role") {
		w.addRole(t, d, id, r)
	}
	for id := range d.ofType("AWS::Lambda::Function") {
		if w.identity[session(id)] == nil {
			t.Errorf("%s: want a role of its own, %sRole", id, id)
		}
	}
	for id, r := range d.ofType("AWS::KMS::Key") {
		w.resource["arn:aws:kms:"+region+":"+account+":key/"+id] = document(t, d, id, r.Properties["KeyPolicy"])
	}
	if d.KMSKeyArn != "" { // it is assumed to have AWS's default policy
		w.resource[key] = accountOnly()
	}
	for id, r := range d.ofType("AWS::S3::BucketPolicy") {
		name, err := d.resolve(r.Properties["Bucket"])
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		w.resource["arn:aws:s3:::"+name.(string)] = document(t, d, id, r.Properties["PolicyDocument"])
	}
	w.publicBlocked = true
	for id, r := range d.ofType("AWS::S3::Bucket") {
		if w.resource["arn:aws:s3:::"+strings.ToLower(id)] == nil {
			t.Errorf("%s: want a bucket policy", id)
		}
		if at(r.Properties, "PublicAccessBlockConfiguration", "RestrictPublicBuckets") != true {
			w.publicBlocked = false
		}
	}
	return w
}

func (w world) addRole(t *testing.T, d deployment, id string, r resource) {
	t.Helper()
	caller := session(strings.TrimSuffix(id, "Role"))
	if !slices.Contains(templateCallers(), caller) {
		t.Errorf("%s: no row says what this role may do", id)
	}
	inline := list(r.Properties["Policies"])
	if len(inline) != 1 || r.Properties["ManagedPolicyArns"] != nil { // a permissions boundary only reduces what a role may do
		t.Errorf("%s: want one inline policy and no other", id)
		return
	}
	w.identity[caller] = document(t, d, id, inline[0].(map[string]any)["PolicyDocument"])
	w.resource[roleOf(caller)] = document(t, d, id, r.Properties["AssumeRolePolicyDocument"])
}

// templateCallers are the callers whose policies the templates hold.
func templateCallers() []string {
	return []string{uploadSigner, downloadSigner, deleteSigner, scanner, webhookCaller}
}

func document(t *testing.T, d deployment, id string, value any) policy {
	t.Helper()
	resolved, err := d.resolve(value)
	if err != nil {
		t.Fatalf("policy of %s: %v", id, err)
	}
	return policy(resolved.(map[string]any))
}

// everything is an administrator's policy. Only the bucket policy can refuse such a caller.
func everything() policy {
	return policy{"Version": "2012-10-17", "Statement": []any{
		map[string]any{"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"},
	}}
}

// accountOnly is AWS's default policy of a KMS key: the account's own policies say who may use it.
func accountOnly() policy {
	return policy{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Action": "kms:*", "Resource": "*",
		"Principal": map[string]any{"AWS": "arn:aws:iam::" + account + ":root"},
	}}}
}

// policyRef names a policy of a world.
type policyRef struct {
	identity bool   // a caller's; otherwise a resource's
	of       string // the caller, or the resource's ARN
}

// policies names the template's policies, in stable order. It leaves out those that we gave to other callers.
func (w world) policies() []policyRef {
	var refs []policyRef
	for _, caller := range templateCallers() {
		if w.identity[caller] != nil {
			refs = append(refs, policyRef{identity: true, of: caller})
		}
	}
	for _, arn := range slices.Sorted(maps.Keys(w.resource)) {
		if arn != elsewhereKey && arn != formerKey {
			refs = append(refs, policyRef{of: arn})
		}
	}
	return refs
}

func (w world) policy(ref policyRef) policy {
	if ref.identity {
		return w.identity[ref.of]
	}
	return w.resource[ref.of]
}

// with returns a world in which one policy is replaced.
func (w world) with(ref policyRef, p policy) world {
	changed := world{maps.Clone(w.identity), maps.Clone(w.resource), w.publicBlocked}
	if ref.identity {
		changed.identity[ref.of] = p
	} else {
		changed.resource[ref.of] = p
	}
	return changed
}

// trusts reports whether the policy is a role's trust policy.
func (ref policyRef) trusts() bool { return !ref.identity && strings.HasPrefix(ref.of, "arn:aws:iam:") }

func (ref policyRef) String() string {
	switch {
	case ref.identity:
		return callerName(ref.of) + "'s policy"
	case ref.of == bucket:
		return "bucket policy"
	case ref.of == accessLogBucket:
		return "policy of the access log bucket"
	case ref.of == key:
		return "key policy"
	default:
		return "trust of " + ref.of[strings.LastIndex(ref.of, "/")+1:]
	}
}

// request makes the evaluator's request for a row.
func (w world) request(b *batch, r row) request {
	q := request{
		Principal: r.caller, Action: r.action, Resource: r.on, Account: account, Identity: []int{},
		Context: parseContext(r.context), BlockPublicAccess: w.publicBlocked,
	}
	if strings.Contains(r.caller, ":assumed-role/") {
		q.Context["aws:PrincipalArn"] = roleOf(r.caller) // the evaluator does not set it by itself
	}
	if p, ok := w.identity[r.caller]; ok {
		q.Identity = append(q.Identity, b.policy("identity", p))
	}
	if carrier := (policyRef{of: owner(r.on)}); w.policy(carrier) != nil {
		q.ResourcePolicy = new(b.policy(carrier.kind(), w.policy(carrier)))
	}
	return q
}

// kind is the evaluator's name for such a policy.
func (ref policyRef) kind() string {
	switch {
	case ref.identity:
		return "identity"
	case ref.trusts():
		return "trust"
	default:
		return "resource"
	}
}
