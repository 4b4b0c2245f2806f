using System.Text.RegularExpressions;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>Texts that are secrets by their form, wherever they stand.</summary>
internal static partial class SecretPatterns
{
    private static readonly (string Name, Regex Pattern)[] Known =
    [
        ("a private key", PrivateKey()),
        ("an AWS access key id", AwsAccessKey()),
        ("a token of GitHub, GitLab, Slack, npm, Google or Stripe", ServiceToken()),
        ("a JSON web token", WebToken()),
        ("a password in a URL", PasswordInUrl()),
        ("a kubeconfig's key or token", KubeconfigUser()),
    ];

    /// <summary>What kind of secret the text has in it; null for none.</summary>
    public static string? In(string text) => Known.FirstOrDefault(known => known.Pattern.IsMatch(text)).Name;

    [GeneratedRegex(@"-----BEGIN ([A-Z]+ )*PRIVATE KEY-----")]
    private static partial Regex PrivateKey();

    // IAM user guide, "Understanding unique ID prefixes": AKIA is an access key, ASIA a temporary one.
    [GeneratedRegex(@"\b(AKIA|ASIA)[0-9A-Z]{16}\b")]
    private static partial Regex AwsAccessKey();

    [GeneratedRegex(
        @"\b(gh[opsur]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50,}|glpat-[A-Za-z0-9_-]{20}|xox[abprs]-[A-Za-z0-9-]{10,}"
        + @"|npm_[A-Za-z0-9]{36}|AIza[A-Za-z0-9_-]{35}|[rs]k_live_[A-Za-z0-9]{20,})")]
    private static partial Regex ServiceToken();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}")]
    private static partial Regex WebToken();

    [GeneratedRegex(@"\b[a-z][a-z0-9+.-]*://[^/\s:@$]*:[^/\s:@$]+@")]
    private static partial Regex PasswordInUrl();

    // As YAML or as JSON. One that runs a command for its token, as EKS's does, has neither (Kubernetes, reference of Config, AuthInfo).
    [GeneratedRegex(@"\busers[""']?\s*:.*\b(client-key-data|token)[""']?\s*:\s*[""']?[A-Za-z0-9+/=_.-]{8,}", RegexOptions.Singleline)]
    private static partial Regex KubeconfigUser();
}
