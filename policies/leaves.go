package policies

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// leaf is one value of a document and the place where it stands: names joined
// by "/", array positions left out.
type leaf struct {
	place string
	text  string
	num   bool
}

const (
	maxDepth  = 12
	maxLeaves = 20000
)

// leavesOf parses a document once and lists its leaves in order. It refuses
// doubled names, null, truth values, fractions, invalid UTF-8, anything after
// the document, and what is too deep or too large.
func leavesOf(body []byte) ([]leaf, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	w := walker{dec: dec}
	if err := w.value("", 0); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands after the document")
	}
	return w.leaves, nil
}

type walker struct {
	dec    *json.Decoder
	leaves []leaf
}

func (w *walker) value(place string, depth int) error {
	if depth > maxDepth || len(w.leaves) > maxLeaves {
		return errors.New("too deep or too large")
	}
	tok, err := w.dec.Token()
	if err != nil {
		return err
	}
	switch v := tok.(type) {
	case json.Delim:
		if v == '{' {
			return w.object(place, depth)
		}
		return w.array(place, depth)
	case string:
		w.leaves = append(w.leaves, leaf{place: place, text: v})
		return nil
	case json.Number:
		if _, err := strconv.ParseInt(v.String(), 10, 64); err != nil {
			return errors.New("a number that is not whole")
		}
		w.leaves = append(w.leaves, leaf{place: place, text: v.String(), num: true})
		return nil
	}
	return errors.New("null or a truth value")
}

func (w *walker) object(place string, depth int) error {
	seen := map[string]bool{}
	for w.dec.More() {
		tok, err := w.dec.Token()
		if err != nil {
			return err
		}
		name, ok := tok.(string)
		if !ok || name == "" || seen[name] {
			return errors.New("a name that is empty or stands twice")
		}
		seen[name] = true
		if err := w.value(join(place, name), depth+1); err != nil {
			return err
		}
	}
	if len(seen) == 0 && place != "" {
		w.leaves = append(w.leaves, leaf{place: place, text: "{}"})
	}
	_, err := w.dec.Token()
	return err
}

func (w *walker) array(place string, depth int) error {
	n := 0
	for ; w.dec.More(); n++ {
		if err := w.value(place, depth+1); err != nil {
			return err
		}
	}
	if n == 0 {
		w.leaves = append(w.leaves, leaf{place: place, text: "[]"})
	}
	_, err := w.dec.Token()
	return err
}

func join(place, name string) string {
	if place == "" {
		return name
	}
	return place + "/" + name
}
