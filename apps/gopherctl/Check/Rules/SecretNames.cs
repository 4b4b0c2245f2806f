using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>Names that say of their values that they are secret.</summary>
internal static class SecretNames
{
    private static readonly string[] Endings =
    [
        "PASSWORD", "PASSWD", "PASSPHRASE", "PWORD", "PWD", "TOKEN", "APIKEY", "ACCESSKEY", "SECRETKEY", "SECRETACCESSKEY", "PRIVATEKEY",
        "CLIENTSECRET", "CLIENTKEYDATA", "CONNECTIONSTRING", "CREDENTIALS",
        // What a version of a secret of the Secrets Manager holds (pulumi-aws, aws.secretsmanager.SecretVersion).
        "SECRETSTRING", "SECRETBINARY",
    ];

    // The shell's own variables for the current folder and the one before it; in no other spelling.
    private static readonly string[] Folders = ["PWD", "OLDPWD"];

    // A reference to where the secret is: Kiali's secret:NAME:KEY, a shell's or Kubernetes' variable, a template, a command that asks for
    // it.
    private static readonly string[] References = ["secret:", "$", "{{", "kubectl "];

    /// <summary>Whether the name asks for a secret, in whatever spelling: adminPassword, admin-password, ADMIN_PASSWORD.</summary>
    public static bool IsSecret(string name)
    {
        var letters = string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return letters == "SECRET"
            || (!Folders.Contains(name) && Endings.Any(ending => letters.EndsWith(ending, StringComparison.Ordinal)));
    }

    /// <summary>Whether the value is the secret itself, neither masked nor a reference to it.</summary>
    public static bool IsLiteral(string value) =>
        value.Length > 0 && value != DeclaredResource.Secret && !References.Any(start => value.StartsWith(start, StringComparison.Ordinal));
}
