using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// No secret stands in plain text in an input, a value of a chart or an output: from there it gets into the state, the diff of every
/// preview and the logs. What Pulumi knows to be a secret is masked in a rendering.
/// </summary>
internal static class PlainTextSecret
{
    private const string Remedy =
        "Keep it in an encrypted setting (pulumi config set --secret) or an Output.CreateSecret, and renew it: it has been seen.";

    public static PolicyRule Rule { get; } = new("plain-text-secret", Severity.Error, "No secret is in plain text.", Violations)
    {
        Others = "kube-linter env-var-secret",
    };

    private static IEnumerable<Violation> Violations(RenderedStack stack) =>
        from place in Places(stack).DistinctBy(place => (place.Resource, place.Path, place.Text))
        let kind = SecretPatterns.In(place.Text) ?? AssignedSecret.In(place.Text) ?? (IsNamed(place) ? "a secret by its name" : null)
        where kind is not null
        // The value itself is not repeated: the report goes into logs.
        select new Violation(place.Resource, $"{place.Path} has {kind} in plain text", Remedy);

    // Both the files and resources.json are checked: someone may have edited only one of them by hand.
    private static IEnumerable<Place> Places(RenderedStack stack) =>
        stack.Resources.SelectMany(resource =>
                Texts(RenderedStack.NameOf(resource), resource.Inputs, path => IsSecretInput(resource, path)))
            .Concat(stack.Manifests.SelectMany(manifest =>
                Texts(manifest.Manifest.DisplayName, manifest.Body, path => IsSecretData(manifest.Body, path))))
            .Concat(stack.Releases.SelectMany(release =>
                Texts(release.DisplayName, new JsonObject { ["values"] = release.Values.DeepClone() }, _ => false)))
            .Concat(Texts(RenderedStack.OutputsName, stack.Declaration.Outputs, _ => false));

    private static IEnumerable<Place> Texts(string resource, JsonObject document, Func<string, bool> isSecret) =>
        from found in document.Walk()
        let text = found.Node.AsText()
        where text is not null
        select new Place(resource, found.Path, NameOf(found.Path, found.Node), text, isSecret(found.Path));

    // The value of an environment variable is named by its sibling.
    private static string NameOf(string path, JsonNode node) =>
        path.EndsWith(".value", StringComparison.Ordinal) && node.Parent.Text("name") is { } name ? name : path.Split('.')[^1];

    // A parameter of the Systems Manager says by its type what its value is (pulumi-aws, aws.ssm.Parameter).
    private static bool IsSecretInput(DeclaredResource resource, string path) => resource.Type == "aws:ssm/parameter:Parameter"
        ? path == "value" && resource.Inputs.Text("type") == "SecureString"
        : IsSecretData(resource.Inputs, path);

    private static bool IsSecretData(JsonObject document, string path) => document.Text("kind") == "Secret"
        && (path.StartsWith("data.", StringComparison.Ordinal) || path.StartsWith("stringData.", StringComparison.Ordinal));

    private static bool IsNamed(Place place) => (place.IsSecret || SecretNames.IsSecret(place.Name, place.Text)) && SecretNames.IsLiteral(place.Text);

    private sealed record Place(string Resource, string Path, string Name, string Text, bool IsSecret);
}

/// <summary>
/// Secrets within a longer text, by the names that they are given there: lines of properties, YAML and JSON in a ConfigMap, arguments such as
/// <c>--db-password=</c>, connection strings.
/// </summary>
internal static partial class AssignedSecret
{
    /// <summary>What the text assigns; null for nothing secret.</summary>
    public static string? In(string text)
    {
        foreach (Match assignment in Assignment().Matches(text))
        {
            var (name, value) = (assignment.Groups["name"].Value, assignment.Groups["value"].Value);
            if (SecretNames.IsSecret(name, value) && SecretNames.IsLiteral(value))
            {
                return $"a secret by the name {name}";
            }
        }

        return null;
    }

    // With an equals sign anywhere, as in arguments, properties and connection strings; with a colon as YAML has it, at the beginning of a line,
    // or as JSON has it, between quotes. The rest of a word, as in a URL, is not an assignment.
    [GeneratedRegex(
        @"(?<![\w./-])-{0,2}(?<name>[A-Za-z][\w.-]*)[ \t]*=[ \t]*[""']?(?<value>[^\s""';,&}{]+)"
        + @"|^[ \t-]*(?<name>[A-Za-z][\w.-]*)[ \t]*:[ \t]+[""']?(?<value>[^\s""';,&}{]+)[""']?[ \t]*\r?$"
        + @"|""(?<name>[A-Za-z][\w.-]*)""[ \t]*:[ \t]*""(?<value>[^\s""';,&}{]+)""",
        RegexOptions.Multiline)]
    private static partial Regex Assignment();
}

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

/// <summary>Names of secret values, and values that are never secret.</summary>
internal static partial class SecretNames
{
    private static readonly string[] Passwords = ["PASSWORD", "PASSWD", "PASSPHRASE", "PWORD", "PWD", "BASICAUTH"];

    private static readonly string[] Others =
    [
        "TOKEN", "APIKEY", "ACCESSKEY", "SECRETKEY", "SECRETKEYBASE", "SECRETACCESSKEY", "PRIVATEKEY", "ENCRYPTIONKEY", "DECRYPTIONKEY", "SIGNINGKEY",
        "MASTERKEY", "SESSIONKEY", "COOKIEKEY", "HMACKEY", "AUTHKEY", "JWTKEY", "APPKEY", "ACCOUNTKEY", "SHAREDKEY", "CLIENTSECRET", "CLIENTKEYDATA",
        "CONNECTIONSTRING", "CREDENTIALS",
        // What a version of a secret of the Secrets Manager holds (pulumi-aws, aws.secretsmanager.SecretVersion).
        "SECRETSTRING", "SECRETBINARY",
    ];

    // The shell's own variables for the current folder and the one before it; in no other spelling.
    private static readonly string[] Folders = ["PWD", "OLDPWD"];

    // A reference to where the secret is: Kiali's secret:NAME:KEY, a shell's or Kubernetes' variable, a template, a command that asks for
    // it, a file, a key of AWS's own services by its name.
    private static readonly string[] References = ["secret:", "$", "{{", "kubectl ", "/", "./", "file:", "arn:", "alias/", "vault:", "<"];

    private static readonly string[] OrdinaryValues = ["true", "false", "yes", "no", "on", "off", "enabled", "disabled", "none", "null", "nil", "optional", "required"];

    /// <summary>Whether the name is that of a secret, in any spelling (adminPassword, admin-password, ADMIN_PASSWORD), and the value may be one.</summary>
    public static bool IsSecret(string name, string value)
    {
        var letters = string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        if (Folders.Contains(name) || letters.Length == 0)
        {
            return false;
        }

        return letters == "SECRET"
            || Ends(letters, Passwords)
            // A number is the limit of tokens, or a key's size.
            || (Ends(letters, Others) && !Number().IsMatch(value))
            || (letters.EndsWith("SECRET", StringComparison.Ordinal) && !NamesObject(name, value));
    }

    /// <summary>Whether the value is the secret itself, neither masked nor a reference to it, nor a switch.</summary>
    public static bool IsLiteral(string value) =>
        value.Length > 0
        && value != DeclaredResource.Secret
        && !OrdinaryValues.Contains(value.ToLowerInvariant())
        && !Mask().IsMatch(value)
        && !References.Any(start => value.StartsWith(start, StringComparison.Ordinal));

    private static bool Ends(string letters, string[] endings) => endings.Any(ending => letters.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>Charts call the name of a Secret <c>existingSecret</c>, <c>tlsSecret</c>, <c>imagePullSecret</c>: one word, and the name of an object.</summary>
    private static bool NamesObject(string name, string value) => !name.Contains('_', StringComparison.Ordinal) && ObjectName().IsMatch(value);

    [GeneratedRegex(@"\A[0-9]+([.][0-9]+)?(ms|s|m|h|d)?\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9./]*[a-z0-9])?\z")]
    private static partial Regex ObjectName();

    [GeneratedRegex(@"\A[*xX.]+\z")]
    private static partial Regex Mask();
}
