using GopherMesh.Gopherctl.Declarations;

namespace GopherMesh.Gopherctl.Check.Rules.Secrets;

/// <summary>Names that say of their values that they are secret.</summary>
internal static class SecretNames
{
    private static readonly string[] Endings =
    [
        "password", "passwd", "passphrase", "token", "apikey", "accesskey", "secretkey", "secretaccesskey", "privatekey", "clientsecret", "connectionstring", "credentials",
    ];

    // A reference to where the secret is: Kiali's secret:NAME:KEY, a shell's or Kubernetes' variable, a template, a command that asks for it.
    private static readonly string[] References = ["secret:", "$", "{{", "kubectl "];

    /// <summary>Whether the name asks for a secret, in whatever spelling: adminPassword, admin-password, ADMIN_PASSWORD.</summary>
    public static bool IsSecret(string name)
    {
        var letters = string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return letters == "SECRET" || Endings.Any(ending => letters.EndsWith(ending.ToUpperInvariant(), StringComparison.Ordinal));
    }

    /// <summary>Whether the value is the secret itself, neither masked nor a reference to it.</summary>
    public static bool IsLiteral(string value) =>
        value.Length > 0 && value != DeclaredResource.Secret && !References.Any(start => value.StartsWith(start, StringComparison.Ordinal));
}
