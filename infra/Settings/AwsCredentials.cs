using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GopherMesh.Infra.Settings;

/// <summary>A role that Pulumi assumes before it calls AWS.</summary>
/// <param name="Arn">The role's ARN.</param>
/// <param name="SessionName">The session's name, as CloudTrail shows it.</param>
public sealed record AssumedRole(string Arn, string SessionName);

/// <summary>The credentials for calls to AWS. Without a profile they come from the environment.</summary>
/// <param name="Profile">The profile of the AWS configuration files.</param>
/// <param name="Role">The role to assume with them; null for none.</param>
/// <param name="AllowedAccountIds">The only accounts in which the stack may create resources; empty for any.</param>
/// <param name="PermissionsBoundary">The ARN of the policy that bounds every role of the stack; null for none.</param>
/// <param name="RolePath">The path of the stack's roles, except the nodes' role.</param>
public sealed partial record AwsCredentials(
    string? Profile, AssumedRole? Role, ImmutableArray<string> AllowedAccountIds, string? PermissionsBoundary, string RolePath)
{
    private const string DefaultSession = "gopher-mesh";

    private const string Form =
        """use a list of one role, such as [{"roleArn":"arn:aws:iam::123456789012:role/deployer","sessionName":"ci"}]; sessionName is optional; """
        + "other options of a role, such as an external ID or a chain of roles, belong in a profile (aws:profile)";

    private static readonly string[] Members = ["roleArn", "sessionName"];

    private static readonly SettingKey<string?> ProfileKey = new(
        "profile", "", Parse.OptionalText(text => text.Any(char.IsControl) ? "use the name of a profile" : null))
    { OnlyOn = ClusterKind.Eks, Namespace = Project.AwsNamespace };

    internal static readonly SettingKey<AssumedRole?> AssumeRolesKey = new("assumeRoles", "[]", ParseRole) { OnlyOn = ClusterKind.Eks, Namespace = Project.AwsNamespace };

    internal static readonly SettingKey<ImmutableArray<string>> AllowedAccountIdsKey = new(
        "allowedAccountIds", "[]", Parse.List(text => AccountPattern().IsMatch(text) ? null : "use the 12 digits of an account, in quotes"))
    { OnlyOn = ClusterKind.Eks, Namespace = Project.AwsNamespace };

    private static readonly SettingKey<string?> PermissionsBoundaryKey = new(
        "rolePermissionsBoundary", "", Parse.OptionalText(text => PolicyPattern().IsMatch(text) ? null : "use the ARN of a policy, such as arn:aws:iam::123456789012:policy/boundary"))
    { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<string> RolePathKey = new(
        "rolePath", "/", Parse.Text(text => text.Length <= 512 && PathPattern().IsMatch(text) ? null : "use a path that begins and ends with a slash, such as /team/"))
    { OnlyOn = ClusterKind.Eks };

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        SettingCheck.Refuse(
            [AssumeRolesKey, AllowedAccountIdsKey],
            settings => settings.Eks.Credentials is { Role: { } role, AllowedAccountIds: { IsEmpty: false } allowed } && !allowed.Contains(AccountOf(role.Arn)),
            settings => $"use a role of an account in aws:allowedAccountIds ({string.Join(", ", settings.Eks.Credentials.AllowedAccountIds)}), or add its account there"),
        SettingCheck.Refuse(
            [PermissionsBoundaryKey, AllowedAccountIdsKey],
            settings => settings.Eks.Credentials is { PermissionsBoundary: { } policy, AllowedAccountIds: { IsEmpty: false } allowed }
                && AccountOf(policy) is var account && account != "aws" && !allowed.Contains(account),
            settings => $"use a policy of an account in aws:allowedAccountIds ({string.Join(", ", settings.Eks.Credentials.AllowedAccountIds)}): a boundary is in its role's own account"),
        new(
            [EksSettings.AccessEntriesKey, AssumeRolesKey],
            settings => from entry in settings.Eks.AccessEntries
                        where entry.Value.PrincipalArn == settings.Eks.Credentials.Role?.Arn
                        select new Problem("remove it: the role of aws:assumeRoles makes the cluster, so it is its administrator already", $".{entry.Key}", entry.Value.PrincipalArn)),
    ];

    /// <summary>The accounts of which one is the cluster's, as far as the settings say; empty where they do not.</summary>
    internal ImmutableArray<string> Accounts => Role is null ? AllowedAccountIds : [AccountOf(Role.Arn)];

    /// <summary>The variables that tell a script of the program which credentials to use.</summary>
    internal IEnumerable<(string Name, string Value)> Environment
    {
        get
        {
            if (Profile is { } profile)
            {
                yield return ("PROFILE", profile);
            }

            if (Role is { } role)
            {
                yield return ("ROLE", role.Arn);
                yield return ("ROLE_SESSION", role.SessionName);
            }
        }
    }

    /// <summary>The account in an ARN; <c>aws</c> in that of a policy of AWS's own.</summary>
    internal static string AccountOf(string arn) => arn.Split(':')[4];

    /// <summary>The ARN of an IAM role.</summary>
    internal static string? RoleRule(string text) =>
        RolePattern().IsMatch(text) ? null : "use the ARN of an IAM role, such as arn:aws:iam::123456789012:role/gopher-requester";

    internal static AwsCredentials Read(SettingsReader from) => new(
        Profile: from.Read(ProfileKey),
        Role: from.Read(AssumeRolesKey),
        AllowedAccountIds: from.Read(AllowedAccountIdsKey),
        PermissionsBoundary: from.Read(PermissionsBoundaryKey),
        RolePath: from.Read(RolePathKey));

    // One role, and only the options that `aws eks get-token --role-arn` has too: the cluster must see the same principal that created it.
    private static Parsed<AssumedRole?> ParseRole(string text)
    {
        if (Json.TryParse(text) is not JsonArray { Count: <= 1 } roles)
        {
            return new Problem(Form);
        }

        if (roles.Count == 0)
        {
            return new(null, []);
        }

        return roles[0] is not JsonObject role || role.Any(member => !Members.Contains(member.Key)) ? new Problem(Form, "[0]", roles[0]?.ToJsonString() ?? "null")
            : Json.AsString(role["roleArn"]) is not { } arn || !RolePattern().IsMatch(arn)
                ? new Problem("use the ARN of an IAM role, such as arn:aws:iam::123456789012:role/deployer", "[0].roleArn", role["roleArn"]?.ToJsonString() ?? "")
            : role["sessionName"] is null ? new AssumedRole(arn, DefaultSession)
            : Json.AsString(role["sessionName"]) is { } session && SessionPattern().IsMatch(session) ? new AssumedRole(arn, session)
            : new Problem("use 2 to 64 letters, digits and _ + = , . @ -", "[0].sessionName", role["sessionName"]!.ToJsonString());
    }

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]{1,576}\z")]
    private static partial Regex RolePattern();

    // STS API reference, AssumeRole, RoleSessionName.
    [GeneratedRegex(@"\A[\w+=,.@-]{2,64}\z")]
    private static partial Regex SessionPattern();

    [GeneratedRegex(@"\A[0-9]{12}\z")]
    private static partial Regex AccountPattern();

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[\w+=,.@/-]{1,576}\z")]
    private static partial Regex PolicyPattern();

    // IAM API reference, CreateRole, Path.
    [GeneratedRegex(@"\A/([!-~]*/)?\z")]
    private static partial Regex PathPattern();
}
