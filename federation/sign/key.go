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
)

// Sizes of RSA moduli in bits: what is made, and what is believed.
const (
	keyBits = 2048
	maxBits = 4096
)

// nonceHeader makes two GETs of the same second different.
const nonceHeader = "Saphan-Nonce"

// Key is a server's own key pair with the identifier under which it is published.
type Key struct {
	id              string
	pair            *rsa.PrivateKey
	private, public string // PEM
}

// Public is a key that was pinned for a peer.
type Public struct {
	ID    string // IRI of the key
	Owner string // IRI of the actor whose key it is
	key   *rsa.PublicKey
	ed    ed25519.PublicKey // instead of key; for RFC 9421 only
}

// NewKey makes a fresh RSA key of 2048 bits; id is the IRI of its public half.
func NewKey(id string) (*Key, error) {
	if err := federation.CheckIRI(id); err != nil {
		return nil, fmt.Errorf("sign: key id: %w", err)
	}
	pair, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("sign: make a key: %w", err)
	}
	return newKey(id, pair)
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

// ParseKey reads a private key in PKCS #8 PEM.
func ParseKey(id, privatePEM string) (*Key, error) {
	if err := federation.CheckIRI(id); err != nil {
		return nil, fmt.Errorf("sign: key id: %w", err)
	}
	block, rest := pem.Decode([]byte(privatePEM))
	if block == nil || block.Type != "PRIVATE KEY" || len(strings.TrimSpace(string(rest))) > 0 {
		return nil, errors.New("sign: not a PKCS #8 private key in PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("sign: the private key cannot be read") // the cause could quote the key
	}
	pair, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("sign: the private key is not an RSA key")
	}
	if err := strong(&pair.PublicKey); err != nil {
		return nil, err
	}
	return newKey(id, pair)
}

// ParsePublic reads a public key in PKIX PEM, as actor documents carry it: RSA,
// or Ed25519, with which draft-cavage signatures are not believed.
func ParsePublic(id, owner, publicPEM string) (Public, error) {
	block, rest := pem.Decode([]byte(publicPEM))
	if block == nil || block.Type != "PUBLIC KEY" || len(strings.TrimSpace(string(rest))) > 0 {
		return Public{}, errors.New("sign: not a PKIX public key in PEM")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return Public{}, fmt.Errorf("sign: public key: %w", err)
	}
	switch key := parsed.(type) {
	case *rsa.PublicKey:
		return Public{ID: id, Owner: owner, key: key}, strong(key)
	case ed25519.PublicKey:
		return Public{ID: id, Owner: owner, ed: key}, nil
	}
	return Public{}, errors.New("sign: the public key is of a kind that is not used here")
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

// PrivatePEM returns the key pair in PKCS #8 PEM: a secret.
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
