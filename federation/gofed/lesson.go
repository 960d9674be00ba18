package gofed

import (
	"encoding/json"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/proof"
)

// EncodeProvable writes a word as EncodeWord does, under a context that also knows
// proofs, so that its actor can prove it (federation/proof).
func EncodeProvable(w federation.Word) ([]byte, error) {
	if err := federation.CheckWord(w); err != nil {
		return nil, err
	}
	return framed(wordDoc(w), proof.Context)
}

// EncodeAnnounce writes the word by which a hub passes on what a member has said:
// said is that to the byte, with its proof. w needs its envelope only.
func EncodeAnnounce(w federation.Word, said []byte) ([]byte, error) {
	in, err := DecodeWord(said)
	if err != nil {
		return nil, err
	}
	w.Type, w.Inner = federation.Announce, &in
	if err := federation.CheckWord(w); err != nil {
		return nil, err
	}
	doc := wordDoc(w)
	doc["object"] = json.RawMessage(said)
	return framed(doc)
}

// lessonDoc writes the parts of a lesson.
func lessonDoc(o map[string]any, l *federation.LessonParts) {
	if l == nil {
		return
	}
	for name, w := range map[string]federation.Words{"tried": l.Tried, "worked": l.Worked, "failed": l.Failed, "limits": l.Limits} {
		if w.TH != "" {
			all := map[string]any{"th": w.TH}
			put(all, "en", w.EN)
			o[name] = all
		}
	}
	var laws []any
	for _, law := range l.Laws {
		one := map[string]any{"date": law.Date}
		mapped(one, "name", law.Name)
		laws = append(laws, one)
	}
	if laws != nil {
		o["laws"] = laws
	}
	for name, value := range map[string]string{"issue": l.Issue, "statusFamily": l.StatusFamily, "officeType": l.OfficeType, "region": l.Region, "evidence": l.Evidence} {
		put(o, name, value)
	}
	o["revision"] = float64(l.Revision)
}

// readLesson reads the parts of a lesson; nil if it has none.
func readLesson(o map[string]any) (*federation.LessonParts, error) {
	if _, there := o["revision"]; !there {
		return nil, nil
	}
	l := &federation.LessonParts{Issue: stringOf(o, "issue"), StatusFamily: stringOf(o, "statusFamily"), OfficeType: stringOf(o, "officeType"), Region: stringOf(o, "region"),
		Evidence: stringOf(o, "evidence"), Revision: int(numberOf(o, "revision"))}
	for name, into := range map[string]*federation.Words{"tried": &l.Tried, "worked": &l.Worked, "failed": &l.Failed, "limits": &l.Limits} {
		all, _ := o[name].(map[string]any)
		*into = federation.Words{TH: stringOf(all, "th"), EN: stringOf(all, "en")}
	}
	list, _ := o["laws"].([]any)
	for _, one := range list {
		m, _ := one.(map[string]any)
		name, err := wordsOf(m, "name")
		if err != nil {
			return nil, err
		}
		l.Laws = append(l.Laws, federation.Law{Name: name, Date: stringOf(m, "date")})
	}
	return l, nil
}

// wordProof reads what the proof of a word says of itself, without believing it.
func wordProof(m map[string]any) (federation.Proof, error) {
	v, there := m["proof"]
	if !there {
		return federation.Proof{}, nil
	}
	o, ok := v.(map[string]any)
	if !ok {
		return federation.Proof{}, misshapen("proof", "object")
	}
	known := map[string]bool{"@context": true, "type": true, "cryptosuite": true, "proofPurpose": true, "verificationMethod": true, "created": true, "proofValue": true}
	for key := range o {
		if !known[key] {
			return federation.Proof{}, misshapen("proof", "unexpected")
		}
	}
	p := federation.Proof{Method: stringOf(o, "verificationMethod"), Created: stringOf(o, "created"), Value: stringOf(o, "proofValue")}
	if stringOf(o, "type") != proof.Type || stringOf(o, "cryptosuite") != proof.Suite || stringOf(o, "proofPurpose") != proof.Purpose {
		return p, misshapen("proof", "suite")
	}
	if federation.CheckIRI(p.Method) != nil || p.Created == "" || p.Value == "" {
		return p, misshapen("proof", "missing")
	}
	return p, nil
}

// innerContext judges the context of what is passed on, which stands in it because
// its proof covers it.
func innerContext(root map[string]any) error {
	in, _ := root["object"].(map[string]any)
	if stringOf(root, "type") != string(federation.Announce) || in["@context"] == nil {
		return nil
	}
	return checkContext(in["@context"], terms)
}

// unproved takes the proofs out of a word, of itself and of what it passes on.
func unproved(tree map[string]any) {
	delete(tree, "proof")
	if in, ok := tree["object"].(map[string]any); ok && stringOf(tree, "type") == string(federation.Announce) {
		delete(in, "proof")
	}
}

// Said returns what an Announce passes on, to the byte.
func Said(announce []byte) ([]byte, error) { return proof.Property(announce, "object") }
