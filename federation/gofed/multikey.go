package gofed

import (
	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/proof"
)

// multikeySchema is an Ed25519 key (FEP-521a).
var multikeySchema = schema{"id": iri, "type": typed("Multikey"), "controller": iri, "publicKeyMultibase": str, "expires": str}

// proofSchema is a proof of the one kind that is read (FEP-8b32).
var proofSchema = schema{"@context": contextForm, "type": typed(proof.Type), "cryptosuite": only(proof.Suite), "proofPurpose": only(proof.Purpose),
	"verificationMethod": iri, "created": str, "proofValue": str}

// only accepts one word.
func only(word string) form {
	return func(field string, v any) error {
		if v != word {
			return misshapen(field, "word")
		}
		return nil
	}
}

// putAssertion writes the Ed25519 keys of an owner: the present one, and the one
// before it, which ends with the key that it stands beside.
func putAssertion(u map[string]interface{}, owner string, now federation.Multikey, old federation.PublicKey) {
	var list []any
	for _, k := range []federation.PublicKey{{Assertion: now}, {Assertion: old.Assertion, End: old.End}} {
		if k.Assertion.ID == "" {
			continue
		}
		one := map[string]interface{}{"id": k.Assertion.ID, "type": "Multikey", "controller": owner, "publicKeyMultibase": k.Assertion.Multibase}
		put(one, "expires", k.End)
		list = append(list, one)
	}
	if len(list) > 0 {
		u["assertionMethod"] = list
	}
}

// assertions are one key or two, in an array.
func assertions(field string, v any) error {
	if list, ok := v.([]any); !ok || len(list) == 0 || len(list) > 2 {
		return misshapen(field, "array")
	}
	return listOf(multikeySchema)(field, v)
}

// readAssertion reads what putAssertion writes; old is the key before, with its end.
func readAssertion(field string, u map[string]interface{}, owner string, old *federation.PublicKey) (now federation.Multikey, err error) {
	list, _ := u["assertionMethod"].([]any)
	for _, v := range list {
		m, _ := v.(map[string]any)
		if stringOf(m, "controller") != owner {
			return now, misshapen(field+".controller", "actor")
		}
		k, end := federation.Multikey{ID: stringOf(m, "id"), Multibase: stringOf(m, "publicKeyMultibase")}, stringOf(m, "expires")
		switch {
		case end == "" && now.ID == "":
			now = k
		case end != "" && old != nil && old.End == end && old.Assertion.ID == "":
			old.Assertion = k
		default:
			return now, misshapen(field, "array")
		}
	}
	return now, nil
}

// putHubKeys writes the keys of the hub itself on its list, which go-fed has no place
// for on a collection.
func putHubKeys(u map[string]interface{}, m *federation.Members) {
	var list []any
	for _, k := range []federation.PublicKey{m.Key, m.OldKey} {
		if k.ID == "" {
			continue
		}
		one := map[string]interface{}{"id": k.ID, "owner": m.Network, "publicKeyPem": k.PEM}
		put(one, "expires", k.End)
		list = append(list, one)
	}
	switch len(list) {
	case 0:
		return
	case 1:
		u["publicKey"] = list[0]
	default:
		u["publicKey"] = list
	}
	putAssertion(u, m.Network, m.Key.Assertion, m.OldKey)
}

// readHubKeys reads what putHubKeys writes, and the proof. Their shape was checked.
func readHubKeys(u map[string]interface{}, m *federation.Members) (err error) {
	p := mapOf(u, "proof")
	m.Proof = federation.Proof{Method: stringOf(p, "verificationMethod"), Created: stringOf(p, "created"), Value: stringOf(p, "proofValue")}
	list, several := u["publicKey"].([]any)
	if !several && u["publicKey"] != nil {
		list = []any{u["publicKey"]}
	}
	for i, v := range list {
		one, _ := v.(map[string]any)
		if stringOf(one, "owner") != m.Network {
			return misshapen("publicKey.owner", "actor")
		}
		*[]*federation.PublicKey{&m.Key, &m.OldKey}[i] = federation.PublicKey{ID: stringOf(one, "id"), PEM: stringOf(one, "publicKeyPem"), End: stringOf(one, "expires")}
	}
	m.Key.Assertion, err = readAssertion("assertionMethod", u, m.Network, &m.OldKey)
	return err
}

// actorAssertion reads the first Ed25519 key of an actor document that is in the
// form of FEP-521a. What others write there in another form says nothing.
func actorAssertion(root map[string]any, owner string) federation.Multikey {
	list, ok := root["assertionMethod"].([]any)
	if !ok {
		list = []any{root["assertionMethod"]}
	}
	for _, v := range list {
		m, _ := v.(map[string]any)
		types, _ := texts(m["type"])
		k := federation.Multikey{ID: stringOf(m, "id"), Multibase: stringOf(m, "publicKeyMultibase")}
		if contains(types, "Multikey") && stringOf(m, "controller") == owner && k.ID == owner+"#"+federation.AssertionName(k.Multibase) {
			return k
		}
	}
	return federation.Multikey{}
}
