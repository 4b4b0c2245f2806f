using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

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
