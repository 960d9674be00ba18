package sign

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-fed/httpsig"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/proof"
)

// Sizes of RSA moduli in bits: what is made, and what is believed.
const (
	keyBits = 2048
	maxBits = 4096
)

// nonceHeader makes two GETs of the same second different.
const nonceHeader = "Saphan-Nonce"

// Key is a server's own key pair, RSA, with the identifier under which it is
// published, and the Ed25519 pair beside it.
type Key struct {
	id              string
	pair            *rsa.PrivateKey
	private, public string // PEM
	assertion       *Assertion
}

// Public is a key that was pinned for a peer.
type Public struct {
	ID    string // IRI of the key
	Owner string // IRI of the actor whose key it is
	key   *rsa.PublicKey
	ed    ed25519.PublicKey // instead of key; for RFC 9421 only
}

// NewKey makes a fresh RSA key of 2048 bits, and an Ed25519 key beside it; id is
// the IRI of the public half of the first.
func NewKey(id string) (*Key, error) {
	if err := federation.CheckIRI(id); err != nil {
		return nil, fmt.Errorf("sign: key id: %w", err)
	}
	pair, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("sign: make a key: %w", err)
	}
	k, err := newKey(id, pair)
	if err != nil {
		return nil, err
	}
	return k.Complete()
}

func newKey(id string, pair *rsa.PrivateKey) (*Key, error) {
	private, err := x509.MarshalPKCS8PrivateKey(pair)
	if err != nil {
		return nil, errors.New("sign: the key cannot be written")
	}
	public, err := x509.MarshalPKIXPublicKey(&pair.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return &Key{
		id: id, pair: pair,
		private: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
		public:  string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})),
	}, nil
}

// ParseKey reads a private key in PKCS #8 PEM: an RSA key, and the Ed25519 key that
// follows it. Keys of earlier versions have none, see Complete.
func ParseKey(id, privatePEM string) (*Key, error) {
	if err := federation.CheckIRI(id); err != nil {
		return nil, fmt.Errorf("sign: key id: %w", err)
	}
	first, rest, err := parsePrivate(privatePEM)
	if err != nil {
		return nil, err
	}
	pair, ok := first.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("sign: the private key is not an RSA key")
	}
	if err := strong(&pair.PublicKey); err != nil {
		return nil, err
	}
	k, err := newKey(id, pair)
	if err != nil || strings.TrimSpace(rest) == "" {
		return k, err
	}
	second, rest, err := parsePrivate(rest)
	if err != nil {
		return nil, err
	}
	ed, ok := second.(ed25519.PrivateKey)
	if !ok || strings.TrimSpace(rest) != "" {
		return nil, errors.New("sign: what follows the private key is not one Ed25519 key")
	}
	return k.with(ed)
}

func parsePrivate(text string) (key any, rest string, err error) {
	block, after := pem.Decode([]byte(text))
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, "", errors.New("sign: not a PKCS #8 private key in PEM")
	}
	if key, err = x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
		return nil, "", errors.New("sign: the private key cannot be read") // the cause could quote the key
	}
	return key, string(after), nil
}

// ParsePublic reads a public key: in PKIX PEM, as actor documents carry it in
// publicKey, or as a Multikey's publicKeyMultibase. It is RSA, or Ed25519, with
// which draft-cavage signatures are not believed.
func ParsePublic(id, owner, text string) (Public, error) {
	parsed, err := parsePublic(text)
	if err != nil {
		return Public{}, err
	}
	switch key := parsed.(type) {
	case *rsa.PublicKey:
		return Public{ID: id, Owner: owner, key: key}, strong(key)
	case ed25519.PublicKey:
		return Public{ID: id, Owner: owner, ed: key}, nil
	}
	return Public{}, errors.New("sign: the public key is of a kind that is not used here")
}

func parsePublic(text string) (any, error) {
	if strings.HasPrefix(text, "z") { // no PEM does
		return proof.ParseMultikey(text)
	}
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "PUBLIC KEY" || len(strings.TrimSpace(string(rest))) > 0 {
		return nil, errors.New("sign: not a PKIX public key in PEM")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("sign: public key: %w", err)
	}
	return parsed, nil
}

// Sound reports whether a public key is one that signatures are believed with, of
// both kinds.
func Sound(publicPEM string) bool {
	k, err := ParsePublic("", "", publicPEM)
	return err == nil && k.key != nil
}

func strong(key *rsa.PublicKey) error {
	if bits := key.N.BitLen(); bits < keyBits || bits > maxBits {
		return fmt.Errorf("sign: an RSA key of %d bits", bits)
	}
	if key.E != 65537 {
		return fmt.Errorf("sign: an RSA key with the exponent %d", key.E)
	}
	return nil
}

// ID returns the IRI of the public key.
func (k *Key) ID() string { return k.id }

// PrivatePEM returns the key pairs in PKCS #8 PEM: a secret.
func (k *Key) PrivatePEM() string { return k.private }

// PublicPEM returns the public key in PKIX PEM.
func (k *Key) PublicPEM() string { return k.public }

// Public returns the public half, as owner's.
func (k *Key) Public(owner string) Public {
	return Public{ID: k.id, Owner: owner, key: &k.pair.PublicKey}
}

// String names the key; it never prints the secret.
func (k *Key) String() string { return "key " + k.id }

// GoString is String.
func (k *Key) GoString() string { return k.String() }

// Sign dates and signs a request. The host is that of req.Host or req.URL; with
// a method other than GET the digest of body is set and signed. Headers of an
// earlier signature are replaced, so that a request can be signed anew.
func (k *Key) Sign(req *http.Request, body []byte, now time.Time) error {
	host := req.Host
	if host == "" {
		host = req.URL.Host
	}
	bare(req)
	req.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	req.Header.Set("Host", host) // net/http ignores it when sending; the library reads it here
	defer req.Header.Del("Host")
	names := []string{httpsig.RequestTarget, "host", "date"}
	if req.Method == http.MethodGet {
		req.Header.Set(nonceHeader, opaque.ID())
		names, body = append(names, strings.ToLower(nonceHeader)), nil
	} else {
		req.Header.Set("Digest", Digest(body))
		names = append(names, "digest")
	}
	if req.Header.Get(SyncHeader) != "" {
		names = append(names, strings.ToLower(SyncHeader))
	}
	signer, _, err := httpsig.NewSigner([]httpsig.Algorithm{httpsig.RSA_SHA256}, httpsig.DigestSha256, names, httpsig.Signature, 0)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	if err := signer.SignRequest(k.pair, k.id, req, nil); err != nil { // the digest is set above, also over an empty body
		return fmt.Errorf("sign: %w", err)
	}
	// The library writes hs2019, which would mean another kind of RSA signature to
	// who reads the draft closely.
	req.Header.Set("Signature", strings.Replace(req.Header.Get("Signature"), `algorithm="hs2019"`, `algorithm="rsa-sha256"`, 1))
	return nil
}

// SignEd25519 is Sign9421 with the Ed25519 key beside this one.
func (k *Key) SignEd25519(req *http.Request, body []byte, now time.Time) error {
	if k.assertion == nil {
		return errors.New("sign: there is no Ed25519 key")
	}
	return k.assertion.Sign9421(req, body, now)
}

// AssertionID returns the IRI of the Ed25519 key, "" if there is none.
func (k *Key) AssertionID() string {
	if k.assertion == nil {
		return ""
	}
	return k.assertion.id
}

// bare removes what an earlier signature of either kind has left.
func bare(req *http.Request) {
	for _, name := range []string{"Signature", "Signature-Input", "Digest", "Content-Digest", "Date", "Host", nonceHeader} {
		req.Header.Del(name)
	}
}

// Digest returns the value of a Digest header over body.
func Digest(body []byte) string {
	sum := sha256.Sum256(body)
	return "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
}
