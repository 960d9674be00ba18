package gofed

import (
	"reflect"

	"github.com/saphan-network/saphan/federation"
)

// applicationSchema is what an organisation says of itself when it applies.
var applicationSchema = schema{
	"type": typed("Note", "MembershipRequest"), "attributedTo": iri, "content": str, "contentMap": schema{"th": str, "en": str}.check,
	"services": strs, "regions": strs, "languages": strs, "contact": str,
}

func applicationDoc(a *federation.Application, from string) map[string]any {
	o := map[string]any{"type": []any{"Note", "MembershipRequest"}, "attributedTo": from, "contact": a.Contact}
	mapped(o, "content", a.About)
	putList(o, "services", a.Services)
	putList(o, "regions", a.Regions)
	putList(o, "languages", a.Languages)
	return o
}

// readApplication reads the application of a Join, nil if there is none. What is read
// is what applicationDoc would write of it: go-fed, which joins languages as it likes,
// is not asked.
func readApplication(root map[string]any, from string) (*federation.Application, error) {
	o := mapOf(root, "instrument")
	if o == nil {
		return nil, nil //nolint:nilnil // most activities have none
	}
	about, err := wordsOf(o, "content")
	if err != nil {
		return nil, err
	}
	a := &federation.Application{About: about, Services: listOfStrings(o, "services"), Regions: listOfStrings(o, "regions"),
		Languages: listOfStrings(o, "languages"), Contact: stringOf(o, "contact")}
	if !reflect.DeepEqual(any(o), any(applicationDoc(a, from))) {
		return nil, misshapen("instrument", "shape")
	}
	return a, nil
}
