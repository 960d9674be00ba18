package gofed

import (
	"encoding/json"
	"time"

	"github.com/saphan-network/saphan/federation"
)

// Public documents are built as JSON by hand: go-fed drops contentMap where there
// is content, and other software shows what is in content.

// EncodePublication writes a publication. The same value always gives the same
// bytes. One that federation.CheckPublication refuses is not written.
func EncodePublication(p federation.Publication) ([]byte, error) {
	if err := federation.CheckPublication(p); err != nil {
		return nil, err
	}
	doc := map[string]any{"type": string(p.Type), "id": p.ID, "actor": p.Actor, "published": instant(p.Published)}
	addressed(doc, p.Followers)
	switch {
	case p.Document != nil:
		doc["object"] = publicObject(*p.Document, p.Followers)
	case p.Type == federation.Delete:
		doc["object"] = map[string]any{"type": "Tombstone", "id": p.Object}
	default:
		doc["object"] = p.Object
	}
	return framed(doc)
}

func addressed(doc map[string]any, followers string) {
	doc["to"], doc["cc"] = []any{federation.Everybody}, []any{followers}
}

func publicObject(d federation.Public, followers string) map[string]any {
	o := map[string]any{"type": d.Kind, "id": d.ID, "url": d.ID, "attributedTo": d.Author, "published": instant(d.Published)}
	addressed(o, followers)
	mapped(o, "name", d.Name)
	mapped(o, "summary", d.Summary)
	mapped(o, "content", d.Content)
	if !d.Updated.IsZero() {
		o["updated"] = instant(d.Updated)
	}
	if d.Kind != federation.OpenEvent {
		return o
	}
	o["startTime"], o["timezone"], o["eventStatus"] = instant(d.Start), timezone, eventScheduled
	if d.Cancelled {
		o["eventStatus"] = eventCancelled
	}
	if !d.End.IsZero() {
		o["endTime"] = instant(d.End)
	}
	var where []any
	if d.Place.TH != "" {
		place := map[string]any{"type": "Place"}
		mapped(place, "name", d.Place)
		where = append(where, place)
	}
	if d.Link != "" {
		where = append(where, map[string]any{"type": virtual, "url": d.Link})
	}
	o["location"] = where
	return o
}

const (
	timezone       = "Asia/Bangkok"
	eventScheduled = "EventScheduled"
	eventCancelled = "EventCancelled"
	virtual        = "VirtualLocation"
)

// mapped puts a text under its name, in Thai for who reads no maps, and in all
// its languages.
func mapped(o map[string]any, name string, w federation.Words) {
	if w.TH == "" {
		return
	}
	o[name] = w.TH
	all := map[string]any{"th": w.TH}
	if w.EN != "" {
		all["en"] = w.EN
	}
	o[name+"Map"] = all
}

// framed puts a document that was built by hand under its context and serialises it,
// as finish does those of go-fed.
func framed(doc map[string]any, contexts ...string) ([]byte, error) {
	list := []any{contextStreams}
	for _, c := range contexts {
		list = append(list, c)
	}
	if own := inline(doc); own != nil {
		list = append(list, own)
	}
	doc["@context"] = list
	if len(list) == 1 {
		doc["@context"] = list[0]
	}
	return written(doc)
}

// ObjectOf takes the document out of the bytes of a publication, to be shown alone:
// it holds nothing that these do not.
func ObjectOf(publication []byte) ([]byte, error) {
	root, err := strictParseUpTo(publication, federation.MaxContent)
	if err != nil {
		return nil, err
	}
	object, ok := root["object"].(map[string]any)
	if !ok {
		return nil, misshapen("object", "object")
	}
	return framed(object)
}

// EncodeTombstone writes what stands where a public document was taken back.
func EncodeTombstone(id string) ([]byte, error) {
	if err := federation.CheckIRI(id); err != nil {
		return nil, err
	}
	return framed(map[string]any{"type": "Tombstone", "id": id})
}

// EncodeAnswer writes the Accept of a Follow under an id of ours.
func EncodeAnswer(id string, f federation.Following, published time.Time) ([]byte, error) {
	if err := federation.CheckFollowing(f); err != nil {
		return nil, err
	}
	if !federation.SameOrigin(id, f.Object) {
		return nil, misshapen("id", "origin")
	}
	return framed(map[string]any{
		"type": string(federation.Accept), "id": id, "actor": f.Object, "to": []any{f.Actor}, "published": instant(published.UTC().Truncate(time.Hour)),
		"object": map[string]any{"type": string(federation.Follow), "id": f.ID, "actor": f.Actor, "object": f.Object},
	})
}

// Page is one page of an outbox.
type Page struct {
	Outbox string            // IRI
	Size   int               // of the whole
	Items  []json.RawMessage // activities as they were published; none on the first document
	ID     string            // IRI of this page, "" for the collection itself
	First  string            // IRI of the first page
	Next   string            // IRI of the page that follows, "" if none does
}

// EncodeOutbox writes an ordered collection, or one page of it.
func EncodeOutbox(p Page) ([]byte, error) {
	if p.ID == "" {
		return framed(map[string]any{"type": "OrderedCollection", "id": p.Outbox, "totalItems": p.Size, "first": p.First})
	}
	items := make([]any, 0, len(p.Items))
	for _, raw := range p.Items {
		root, err := strictParseUpTo(raw, federation.MaxContent)
		if err != nil {
			return nil, err
		}
		delete(root, "@context") // they all have this server's own; written puts it back
		items = append(items, root)
	}
	doc := map[string]any{"type": "OrderedCollectionPage", "id": p.ID, "partOf": p.Outbox, "orderedItems": items}
	if p.Next != "" {
		doc["next"] = p.Next
	}
	return framed(doc)
}

// EncodeUncounted writes a collection that shows neither its items nor how many
// there are: who follows is nobody's business.
func EncodeUncounted(id string) ([]byte, error) {
	return framed(map[string]any{"type": "OrderedCollection", "id": id})
}
