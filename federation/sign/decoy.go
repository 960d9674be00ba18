package sign

// decoy and decoyEd are public keys whose private halves do not exist any more.
var (
	decoy   = mustPublic(decoyPEM).key
	decoyEd = mustPublic(decoyEdPEM).ed
)

func mustPublic(text string) Public {
	key, err := ParsePublic("", "", text)
	if err != nil {
		panic("sign: the decoy is broken: " + err.Error()) // a constant; every test would fail
	}
	return key
}

const decoyPEM = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAn9UV6yz+zGGkXcmHiYe0
gGTnnTvpj97eVl+UMZWEDeyV1CvCCKux4rZ0wofAOkvUBff0RKY/5QUmyRsBIUQ0
h0wnkPMy9eIOz7UlI6PdvqjrHzxRXfTzynA3kF77Nd2Z+D7fkK4+9P1+wSSo4mGy
vCK5PHWYFzMX+ewaU+GlyP1CYwBsmDfBHKZ/Lo/+1+lx4bcIjRjoifg94FqKU3R6
CRh/tCN6FpOSSVqymBGmrzy5WiPnwcGL/s7GS6+yG8Ofj2jQi26VY35xTsibnf4X
zNTHOHlf1/IDSGduR39Y7eJANVo2Wmvcm7UvRUWPPVuxKZHEQezo8HRgtr2/zKyS
iwIDAQAB
-----END PUBLIC KEY-----
`

const decoyEdPEM = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA3l68iBkx76J7l+9SamX1xtcHUswtZnym72GECNdELf4=
-----END PUBLIC KEY-----
`
