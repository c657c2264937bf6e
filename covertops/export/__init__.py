"""What leaves the department: a package anyone can check, and the verifier that checks it offline."""
