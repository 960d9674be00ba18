package gofed

import (
	"time"

	"github.com/saphan-network/saphan/federation"
)

// everybody accepts the public address alone.
func everybody(field string, v any) error {
	list, ok := texts(v)
	if !ok || len(list) != 1 || list[0] != federation.Everybody {
		return misshapen(field, "public")
	}
	return nil
}

// oneOfThe accepts one of some words.
func oneOfThe(words ...string) form {
	return func(field string, v any) error {
		if s, ok := v.(string); !ok || !contains(words, s) {
			return misshapen(field, "code")
		}
		return nil
	}
}

var languages = schema{"th": str, "en": str}.check

// publicSchema is the closed shape of a public document.
var publicSchema = schema{
	"type": oneOfThe(federation.Statement, federation.OpenEvent), "id": iri, "url": iri, "attributedTo": oneIRI, "to": everybody, "cc": oneIRI,
	"published": str, "updated": str, "name": str, "nameMap": languages, "summary": str, "summaryMap": languages, "content": str, "contentMap": languages,
	"startTime": str, "endTime": str, "timezone": oneOfThe(timezone), "eventStatus": oneOfThe(eventScheduled, eventCancelled), "location": places,
}

func places(field string, v any) error {
	list, ok := v.([]any)
	if !ok || len(list) == 0 || len(list) > 2 {
		return misshapen(field, "array")
	}
	for _, one := range list {
		m, _ := one.(map[string]any)
		kind := schema{"type": typed("Place"), "name": str, "nameMap": languages}
		if m["type"] == virtual {
			kind = schema{"type": typed(virtual), "url": iri}
		}
		if err := kind.check(field, one); err != nil {
			return err
		}
	}
	return nil
}

var publicationSchema = schema{
	"@context": contextForm, "type": oneOfThe("Create", "Update", "Delete", "Announce"), "id": iri, "actor": oneIRI, "to": everybody, "cc": oneIRI, "published": str,
	"object": func(field string, v any) error {
		m, embedded := v.(map[string]any)
		switch {
		case !embedded:
			return iri(field, v)
		case m["type"] == "Tombstone":
			return schema{"type": typed("Tombstone"), "id": iri}.check(field, v)
		}
		return publicSchema.check(field, v)
	},
}

// DecodePublication reads a publication: of closed shape, and accepted by
// federation.CheckPublication.
func DecodePublication(body []byte) (p federation.Publication, err error) {
	root, err := strictParseUpTo(body, federation.MaxContent)
	if err != nil {
		return p, err
	}
	if _, there := root["@context"]; !there {
		return p, misshapen("@context", "missing")
	}
	if err := publicationSchema.check("", root); err != nil {
		return p, err
	}
	p = federation.Publication{ID: stringOf(root, "id"), Type: federation.Type(stringOf(root, "type")), Actor: firstOf(root["actor"]), Followers: firstOf(root["cc"])}
	if p.Published, err = momentOf(root, "published"); err != nil {
		return p, err
	}
	object, embedded := root["object"].(map[string]any)
	switch {
	case !embedded:
		p.Object = firstOf(root["object"])
	case object["type"] == "Tombstone":
		p.Object = stringOf(object, "id")
	default:
		if p.Document, err = readPublic(object, p.Followers); err != nil {
			return federation.Publication{}, err
		}
	}
	if (p.Type == federation.Delete) != (embedded && object["type"] == "Tombstone") || (p.Type == federation.Announce) == embedded {
		return federation.Publication{}, misshapen("object", "type")
	}
	if err := federation.CheckPublication(p); err != nil {
		return federation.Publication{}, err
	}
	return p, nil
}

func readPublic(o map[string]any, followers string) (*federation.Public, error) {
	d := &federation.Public{ID: stringOf(o, "id"), Author: firstOf(o["attributedTo"]), Kind: stringOf(o, "type")}
	if stringOf(o, "url") != d.ID || firstOf(o["cc"]) != followers || everybody("object.to", o["to"]) != nil {
		return nil, misshapen("object", "address")
	}
	var err error
	for _, w := range []struct {
		name string
		into *federation.Words
	}{{"name", &d.Name}, {"summary", &d.Summary}, {"content", &d.Content}} {
		if *w.into, err = wordsOf(o, w.name); err != nil {
			return nil, err
		}
	}
	for _, at := range []struct {
		name string
		must bool
		into *time.Time
	}{{"published", true, &d.Published}, {"updated", false, &d.Updated}, {"startTime", false, &d.Start}, {"endTime", false, &d.End}} {
		if _, there := o[at.name]; there || at.must {
			if *at.into, err = momentOf(o, at.name); err != nil {
				return nil, err
			}
		}
	}
	if d.Kind != federation.OpenEvent {
		if o["timezone"] != nil || o["eventStatus"] != nil || o["location"] != nil {
			return nil, misshapen("object", "unexpected")
		}
		return d, nil
	}
	if o["timezone"] == nil || o["eventStatus"] == nil {
		return nil, misshapen("object", "missing")
	}
	d.Cancelled = o["eventStatus"] == eventCancelled
	list, _ := o["location"].([]any)
	for i, one := range list {
		m, _ := one.(map[string]any)
		if m["type"] == virtual {
			d.Link = stringOf(m, "url")
		} else if d.Place, err = wordsOf(m, "name"); err != nil {
			return nil, err
		}
		if len(list) == 2 && (m["type"] == virtual) != (i == 1) {
			return nil, misshapen("object.location", "order")
		}
	}
	return d, nil
}

// wordsOf reads a text with its languages, of which the plain one is the Thai.
func wordsOf(o map[string]any, name string) (w federation.Words, err error) {
	all, _ := o[name+"Map"].(map[string]any)
	w = federation.Words{TH: stringOf(all, "th"), EN: stringOf(all, "en")}
	if stringOf(o, name) != w.TH || (all != nil && w.TH == "") {
		return w, misshapen(name, "language")
	}
	return w, nil
}

func firstOf(v any) string {
	list, _ := texts(v)
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// momentOf reads an instant in the one spelling that is written here.
func momentOf(o map[string]any, name string) (time.Time, error) {
	s := stringOf(o, name)
	t, err := time.Parse("2006-01-02T15:04:05Z", s)
	if err != nil || instant(t) != s {
		return time.Time{}, misshapen(name, "time")
	}
	return t, nil
}

// Stranger is what somebody outside of the network says to the public actor.
type Stranger struct {
	Type      federation.Type // Follow, Undo (of a Follow), Delete (of the actor itself), or "" for all that is not listened to
	Actor     string
	Following federation.Following // of Follow and Undo; ID may be all that is there of an Undo
}

// ReadStranger reads what a stranger sends, of which only the few parts that are
// named here are looked at: other software adds its own. What is not about us is no
// error; it has the type "".
func ReadStranger(body []byte, self string) (s Stranger, err error) {
	root, err := strictParse(body)
	if err != nil {
		return s, err
	}
	kind, actor := federation.Type(stringOf(root, "type")), idIn(root["actor"])
	if federation.CheckIRI(actor) != nil {
		return s, misshapen("actor", "iri")
	}
	switch kind {
	case federation.Follow:
		f := federation.Following{ID: stringOf(root, "id"), Actor: actor, Object: idIn(root["object"])}
		if f.Object != self {
			return s, nil
		}
		return Stranger{Type: kind, Actor: actor, Following: f}, federation.CheckFollowing(f)
	case federation.Undo:
		o, embedded := root["object"].(map[string]any)
		f := federation.Following{ID: idIn(root["object"]), Actor: actor, Object: self}
		if embedded && (stringOf(o, "type") != string(federation.Follow) || idIn(o["actor"]) != actor || idIn(o["object"]) != self) {
			return s, nil
		}
		return Stranger{Type: kind, Actor: actor, Following: f}, nil
	case federation.Delete:
		if idIn(root["object"]) != actor {
			return s, nil
		}
		return Stranger{Type: kind, Actor: actor}, nil
	}
	return s, nil
}

// idIn is an identifier, or that of an object that stands in its place.
func idIn(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		return stringOf(v, "id")
	case []any:
		if len(v) == 1 {
			return idIn(v[0])
		}
	}
	return ""
}
