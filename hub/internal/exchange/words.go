package exchange

import (
	"context"

	"github.com/saphan-network/saphan/federation"
)

// WordEffect carries out one authenticated word about common work, in the
// transaction that also holds the inbox row. mine is false when the word is about
// something that this effect does not know.
type WordEffect func(ctx context.Context, w federation.Word, raw []byte) (mine bool, err error)

// ApplyWord implements inbox.Words: a word is carried out by the first effect that
// knows it.
func (e Effects) ApplyWord(ctx context.Context, w federation.Word, raw []byte) (bool, error) {
	for _, f := range e.Words {
		if mine, err := f(ctx, w, raw); mine || err != nil {
			return mine, err
		}
	}
	return false, nil
}
