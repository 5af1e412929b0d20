/**
 * Duties under the EU AI Act.
 * <p>Providers: Article 16. Deployers: Article 26. Importers:
 * Article 23. Distributors: Article 24. Authorised
 * representatives: Article 22.
 */
class Duties {
    /** Serious incident reporting: Article 73. */
    static final String INCIDENT = "eu-ai-act:Art.73(2)";
    /** Serious incident reporting: Article 62. */
    static final String OLD = "eu-ai-act:Art.73(13)";
}
