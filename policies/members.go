package policies

import (
	"strconv"

	"github.com/saphan-network/saphan/federation"
)

// MembersFacts lists what a members list would tell, for a Request of purpose
// Membership. All of it is class E: what organisations publish about themselves.
func MembersFacts(m federation.Members) Facts {
	f := Facts{"members/version": {strconv.FormatInt(m.Version, 10)}, "members/updated": {m.Updated}}
	add := func(path string, values ...string) {
		for _, v := range values {
			if v != "" {
				f[path] = append(f[path], v)
			}
		}
	}
	for _, k := range []federation.PublicKey{m.Key, m.OldKey} {
		add("members/hub_key_id", k.ID, k.Assertion.ID)
		add("members/hub_key", k.PEM, k.Assertion.Multibase)
		add("members/hub_key_end", k.End)
	}
	add("members/proof", m.Proof.Value)
	add("members/proof_time", m.Proof.Created)
	for _, one := range m.Items {
		add("members/actor", one.Actor)
		add("members/name", one.Name)
		add("members/inbox", one.Inbox)
		add("members/key_id", one.KeyID)
		add("members/key", one.PublicKeyPEM)
		add("members/key_id", one.OldKey.ID)
		add("members/key", one.OldKey.PEM)
		add("members/key_end", one.OldKey.End)
		add("members/assertion_id", one.Assertion.ID, one.OldKey.Assertion.ID)
		add("members/assertion", one.Assertion.Multibase, one.OldKey.Assertion.Multibase)
		add("members/tier", one.Tier)
		add("members/state", one.State)
		add("members/services", one.Services...)
		add("members/regions", one.Regions...)
		add("members/languages", one.Languages...)
		add("members/capacity", one.Capacity)
	}
	return f
}

// KeyFacts lists what a member tells the hub of the key with which it is going to
// sign.
func KeyFacts(k federation.PublicKey) Facts {
	f := Facts{"membership/key_id": {k.ID}, "membership/key": {k.PEM}}
	if k.Assertion.ID != "" {
		f["membership/assertion_id"], f["membership/assertion"] = []string{k.Assertion.ID}, []string{k.Assertion.Multibase}
	}
	return f
}
