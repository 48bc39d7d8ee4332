package dev.headgate.core.request;

/** Whose credential an attempt carries; decides what a 401 or 403 means. */
public enum CredentialOwner {
    /** The backend's own: a refusal says something about the backend. */
    BACKEND,
    /** The caller's, passed on, or none: a refusal is the caller's business. */
    CALLER
}
