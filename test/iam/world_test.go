package iam

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// world is who may do what in one deployment: the policies of the template, and those that we give to the
// callers who are not ours.
type world struct {
	identity      map[string]policy // by caller
	resource      map[string]policy // by the ARN of the bucket, or of a role: its trust policy
	publicBlocked bool              // Block Public Access, RestrictPublicBuckets
}

// newWorld reads the policies of a template. It refuses any that it would leave out: a role with another
// policy than its inline ones would be judged by half of what it may do.
func newWorld(t *testing.T, d deployment) world {
	t.Helper()
	w := world{
		identity: map[string]policy{administrator: everything(), otherAccountRole: everything(), plainRole: {"Version": "2012-10-17", "Statement": []any{}}},
		resource: map[string]policy{},
	}
	for _, typ := range []string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::S3::AccessPoint", "AWS::S3::AccessGrant"} {
		for id := range d.ofType(typ) {
			t.Errorf("%s: %s is not read by this proof", id, typ)
		}
	}
	for id, r := range d.ofType("AWS::IAM::Role") {
		w.addRole(t, d, id, r)
	}
	if roles := slices.Sorted(maps.Keys(w.resource)); len(roles) != len(d.ofType("AWS::Lambda::Function")) {
		t.Errorf("got %d functions and the signer roles %q: want one role for each", len(d.ofType("AWS::Lambda::Function")), roles)
	}
	for id, r := range d.ofType("AWS::S3::BucketPolicy") {
		w.resource[bucket] = document(t, d, id, r.Properties["PolicyDocument"])
	}
	if len(d.ofType("AWS::S3::Bucket")) != 1 || len(d.ofType("AWS::S3::BucketPolicy")) != 1 {
		t.Errorf("want one bucket with one bucket policy")
	}
	for _, r := range d.ofType("AWS::S3::Bucket") {
		access, _ := r.Properties["PublicAccessBlockConfiguration"].(map[string]any)
		w.publicBlocked = access["RestrictPublicBuckets"] == true
	}
	return w
}

func (w world) addRole(t *testing.T, d deployment, id string, r resource) {
	t.Helper()
	// API Gateway's own role for access logs, one for an account: the stage decides whether it is ours.
	if id == "ApiCloudWatchRole" {
		if r.Properties["Policies"] != nil || len(list(r.Properties["ManagedPolicyArns"])) != 1 {
			t.Errorf("%s: want the managed policy for access logs alone", id)
		}
		return
	}
	inline := list(r.Properties["Policies"])
	if len(inline) != 1 || r.Properties["ManagedPolicyArns"] != nil || r.Properties["PermissionsBoundary"] != nil {
		t.Errorf("%s: want one inline policy and no other", id)
		return
	}
	caller := session(strings.TrimSuffix(id, "Role"))
	w.identity[caller] = document(t, d, id, inline[0].(map[string]any)["PolicyDocument"])
	w.resource[roleOf(caller)] = document(t, d, id, r.Properties["AssumeRolePolicyDocument"])
}

func document(t *testing.T, d deployment, id string, value any) policy {
	t.Helper()
	resolved, err := d.resolve(value)
	if err != nil {
		t.Fatalf("policy of %s: %v", id, err)
	}
	return policy(resolved.(map[string]any))
}

// everything is what an administrator may do, so that only the bucket policy can refuse.
func everything() policy {
	return policy{"Version": "2012-10-17", "Statement": []any{
		map[string]any{"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"},
	}}
}

// with returns a world in which one policy is another.
func (w world) with(ref policyRef, p policy) world {
	changed := world{maps.Clone(w.identity), maps.Clone(w.resource), w.publicBlocked}
	if ref.identity {
		changed.identity[ref.of] = p
	} else {
		changed.resource[ref.of] = p
	}
	return changed
}

// policyRef names a policy of a world.
type policyRef struct {
	identity bool   // a caller's; otherwise a resource's
	of       string // the caller or the resource's ARN
}

func (w world) policy(ref policyRef) policy {
	if ref.identity {
		return w.identity[ref.of]
	}
	return w.resource[ref.of]
}

// request puts a row to this world.
func (w world) request(b *batch, r row) request {
	q := request{
		Principal: r.caller, Action: r.action, Resource: r.on, Account: account, Identity: []int{},
		Context: parseContext(r.context), BlockPublicAccess: w.publicBlocked,
	}
	if p, ok := w.identity[r.caller]; ok {
		q.Identity = append(q.Identity, b.policy("identity", p))
	}
	if p, ok := w.resource[owner(r.on)]; ok {
		kind := "resource"
		if owner(r.on) != bucket {
			kind = "trust"
		}
		q.ResourcePolicy = new(b.policy(kind, p))
	}
	return q
}
