package sign

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign/internal/fields"
)

// label names our one signature.
const label = "sig1"

// Sign9421 is Sign with an HTTP message signature (RFC 9421). The request's URL
// must be the whole one. Headers of an earlier signature are replaced.
func (k *Key) Sign9421(req *http.Request, body []byte, now time.Time) error {
	return sign9421(req, body, now, k.id, algRSA, func(text []byte) ([]byte, error) {
		sum := sha256.Sum256(text)
		return rsa.SignPKCS1v15(rand.Reader, k.pair, crypto.SHA256, sum[:])
	})
}

// sign9421 signs with a key of either kind.
func sign9421(req *http.Request, body []byte, now time.Time, id, alg string, make func(text []byte) ([]byte, error)) error {
	if req.URL.Scheme == "" || hostOf(req) == "" {
		return errors.New("sign: the request does not say where it goes")
	}
	bare(req)
	covers := []string{"@method", "@target-uri"}
	params := fields.Params{{Name: "created", Value: now.Unix()}, {Name: "keyid", Value: id}, {Name: "alg", Value: alg}}
	if req.Method == http.MethodGet || req.Method == "" {
		params = append(params, fields.Param{Name: "nonce", Value: opaque.ID()}) // two GETs of the same second differ
	} else {
		covers = append(covers, "content-digest")
		req.Header.Set(contentDigest, ContentDigest(body))
	}
	if req.Header.Get(SyncHeader) != "" {
		covers = append(covers, strings.ToLower(SyncHeader))
	}
	line := inputLine(covers, params)
	text, err := base(req, req.URL.Scheme, covers, line)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	signature, err := make(text)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	req.Header.Set("Signature-Input", label+"="+line)
	req.Header.Set("Signature", label+"="+fields.Member{Value: signature}.Text())
	return nil
}

func inputLine(covers []string, params fields.Params) string {
	m := fields.Member{Inner: true, Params: params}
	for _, name := range covers {
		m.Items = append(m.Items, fields.Item{Value: name})
	}
	return m.Text()
}
