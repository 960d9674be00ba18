package gofed

import (
	"math"
	"sort"

	"github.com/saphan-network/saphan/federation"
)

// form checks one JSON value; field is where it stands.
type form func(field string, v any) error

// schema is the closed list of properties of one kind of object.
type schema map[string]form

func (s schema) check(field string, v any) error {
	m, ok := v.(map[string]any)
	if !ok {
		return misshapen(field, "object")
	}
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys) // the same document always gets the same answer
	for _, key := range keys {
		f, ok := s[key]
		if !ok {
			return misshapen(join(field, key), "unexpected")
		}
		if err := f(join(field, key), m[key]); err != nil {
			return err
		}
	}
	return nil
}

func join(field, key string) string {
	if field == "" {
		return key
	}
	return field + "." + key
}

func str(field string, v any) error {
	if s, ok := v.(string); !ok || s == "" {
		return misshapen(field, "string")
	}
	return nil
}

func iri(field string, v any) error {
	s, ok := v.(string)
	if !ok || federation.CheckIRI(s) != nil {
		return misshapen(field, "iri")
	}
	return nil
}

// oneIRI accepts an identifier, or an array with one, which means the same.
func oneIRI(field string, v any) error {
	if list, ok := v.([]any); ok && len(list) == 1 {
		v = list[0]
	}
	return iri(field, v)
}

func whole(field string, v any) error {
	f, ok := v.(float64)
	if !ok || math.Trunc(f) != f || f < 0 {
		return misshapen(field, "number")
	}
	return nil
}

func strs(field string, v any) error {
	list, ok := v.([]any)
	if !ok {
		return misshapen(field, "array")
	}
	for _, one := range list {
		if err := str(field, one); err != nil {
			return err
		}
	}
	return nil
}

func listOf(s schema) form {
	return func(field string, v any) error {
		list, ok := v.([]any)
		if !ok {
			return misshapen(field, "array")
		}
		for _, one := range list {
			if err := s.check(field, one); err != nil {
				return err
			}
		}
		return nil
	}
}

// typed accepts exactly these types, in any order.
func typed(want ...string) form {
	return func(field string, v any) error {
		got, ok := texts(v)
		if !ok || len(got) != len(want) {
			return misshapen(field, "type")
		}
		for _, w := range want {
			if !contains(got, w) {
				return misshapen(field, "type")
			}
		}
		return nil
	}
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// texts returns the strings of a string or of an array of strings.
func texts(v any) ([]string, bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, true
	case []any:
		out := make([]string, 0, len(v))
		for _, one := range v {
			s, ok := one.(string)
			if !ok {
				return nil, false
			}
			out = append(out, s)
		}
		return out, true
	}
	return nil, false
}

// slots are free in their names; what names and values may be is for
// federation.Validate to say.
func slots(field string, v any) error {
	m, ok := v.(map[string]any)
	if !ok {
		return misshapen(field, "object")
	}
	for _, one := range m {
		if err := str(field, one); err != nil {
			return err
		}
	}
	return nil
}

var referralSchema = schema{
	"type": typed("Article", "Referral"), "id": iri, "attributedTo": oneIRI, "to": oneIRI,
	"schema": str, "revision": whole, "kind": str, "urgency": str, "respondBy": str, "purpose": str,
	"needs": strs, "issues": strs, "feedbackDue": str,
	"subject": schema{
		"kind": str, "ageBand": str, "sex": str, "sizeBand": str, "minors": str, "statusFamily": str,
		"areaLevel": str, "areaCode": str, "interpreter": str, "guardianPresent": str,
	}.check,
	"phrases":    listOf(schema{"code": str, "slots": slots}),
	"disclosure": schema{"policy": str, "transforms": strs, "k": whole}.check,
	"consent":    schema{"basis": str, "scope": str, "version": str}.check,
}

var engagementSchema = schema{
	"type": typed("Article", "Engagement"), "id": iri, "attributedTo": oneIRI, "to": oneIRI,
	"referral": iri, "revision": whole, "state": str, "step": str, "outcomes": strs, "reason": str, "nextUpdate": str, "month": str,
}

var membershipSchema = schema{
	"type": typed("Relationship", "Membership"), "id": iri, "subject": oneIRI, "object": oneIRI, "relationship": oneIRI, "tier": str,
}

var keySchema = schema{"id": iri, "owner": iri, "publicKeyPem": str}

var oldKeySchema = schema{"id": iri, "owner": iri, "publicKeyPem": str, "expires": str}

// announcedSchema is an organisation in as much as it tells of its new key.
var announcedSchema = schema{"type": typed("Organization"), "id": iri, "publicKey": keySchema.check, "assertionMethod": assertions}

// keys are a key, or a key and the one before it, which ends.
func keys(field string, v any) error {
	list, ok := v.([]any)
	if !ok {
		return keySchema.check(field, v)
	}
	if len(list) != 2 {
		return misshapen(field, "array")
	}
	if err := keySchema.check(field, list[0]); err != nil {
		return err
	}
	return oldKeySchema.check(field, list[1])
}

var memberSchema = schema{
	"type": typed("Organization"), "id": iri, "name": str, "inbox": iri, "publicKey": keys, "assertionMethod": assertions,
	"tier": str, "state": str, "services": strs, "regions": strs, "languages": strs, "capacity": str,
}

var membersSchema = schema{
	"@context": contextForm, "publicKey": keys, "assertionMethod": assertions, "proof": proofSchema.check,
	"type": typed("OrderedCollection"), "id": iri, "network": iri, "version": whole, "updated": str,
	"totalItems": whole, "orderedItems": listOf(memberSchema),
}

func contextForm(_ string, v any) error { return checkContext(v, terms) }

// activitySchema is what all activities that have an effect are made of; which
// of it belongs to which type is for federation.Validate to say.
var activitySchema = schema{
	"@context": contextForm, "id": iri, "type": str, "actor": oneIRI, "to": oneIRI, "published": str, "sequence": whole,
	"reasonCode": str, "suggestedTarget": iri, "confirmed": str, "expected": str, "digest": str,
	"object": func(field string, v any) error {
		if _, embedded := v.(map[string]any); embedded {
			return embeddedForm(field, v)
		}
		return oneIRI(field, v)
	},
	"result": embeddedForm, "instrument": applicationSchema.check,
}

// embeddedForm chooses the schema of an object by its type.
func embeddedForm(field string, v any) error {
	m, ok := v.(map[string]any)
	if !ok {
		return misshapen(field, "object")
	}
	types, _ := texts(m["type"])
	switch {
	case contains(types, "Referral"):
		return referralSchema.check(field, v)
	case contains(types, "Engagement"):
		return engagementSchema.check(field, v)
	case contains(types, "DisclosureRequest"):
		return requestSchema.check(field, v)
	case contains(types, "SealedPackage"):
		return packageSchema.check(field, v)
	case contains(types, "PurgeReceipt"):
		return purgeSchema.check(field, v)
	case contains(types, "Membership"):
		return membershipSchema.check(field, v)
	case contains(types, "Organization"):
		return announcedSchema.check(field, v)
	case contains(types, "OrderedCollection"):
		return membersSchema.check(field, v)
	}
	return misshapen(join(field, "type"), "type")
}
