using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Infra.Routing;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Gopherctl;

/// <summary>What gopherctl says without arguments: the state of each stack by its file, and the likely next lines. It asks nobody and starts nothing.</summary>
internal static class Overview
{
    /// <summary>Writes it.</summary>
    public static int Show(Terminal terminal)
    {
        var root = RepositoryRoot.Find();
        var stacks = Directory.EnumerateFiles(ProjectFile.Read(root).StackFolder, "Pulumi.*.yaml")
            .Select(file => Path.GetFileNameWithoutExtension(file)["Pulumi.".Length..]).Order(StringComparer.Ordinal).ToList();
        foreach (var line in stacks.SelectMany(stack => LinesOf(root, stack)).Concat(Always(stacks.Count)))
        {
            terminal.Print(Printable.Line(line));
        }

        return ExitCode.Success;
    }

    private static IEnumerable<string> LinesOf(string root, string stack)
    {
        var config = EffectiveConfig.Read(root, stack, []);
        StackSettings settings;
        try
        {
            settings = StackSettings.Read(config.Values);
        }
        catch (SettingsException wrong)
        {
            return [$"stack {stack}: Pulumi.{stack}.yaml is wrong: {wrong.Errors[0].Key}", Next($"check --stack {stack}", "says everything that is wrong"), ""];
        }

        var where = settings.Cluster.Kind == ClusterKind.Eks ? $"a cluster of its own on EKS, in {settings.Eks.Region}" : "a cluster that is there already";
        return [$"stack {stack}: {where}; {RoutingPlan.For(settings.Rollout).InWords}", .. NextOf(stack, settings.Rollout), ""];
    }

    private static IEnumerable<string> NextOf(string stack, RolloutSettings rollout)
    {
        if (rollout.Canary is not { } canary)
        {
            var other = rollout.Versions.Keys.Where(version => version != rollout.Stable).Order(StringComparer.Ordinal).FirstOrDefault();
            return other is null
                ? [$"  pulumi config set --stack {stack} --path versions.v2 IMAGE:TAG    names a version to roll out"]
                : [Next($"rollout {other} --rehearse", "a whole rollout on this machine"), Next($"rollout {other} --stack {stack}", "the same on the deployed stack")];
        }

        return rollout.CanaryWeight switch
        {
            0 => [Next($"rollout {canary} --stack {stack}", "goes on from the dark launch"), Next($"shift 10 --stack {stack}", "a tenth of the requests, without a judge")],
            100 =>
            [
                Next($"rollout {canary} --stack {stack}", "compares both again, then makes it stable"), Next($"rollout --stack {stack} --abort", "back to weight 0 at once"),
            ],
            _ => [Next($"rollout {canary} --stack {stack}", "goes on from this weight"), Next($"rollout --stack {stack} --abort", "back to weight 0 at once")],
        };
    }

    private static IEnumerable<string> Always(int stacks) =>
    [
        stacks == 0 ? "no stack yet: pulumi stack init dev" : "These are the stacks' files; what is deployed only the backend and the cluster know:",
        Next("rollout --stack NAME --status", "the last rollouts"),
        Next("drift --stack NAME", "what others changed"),
        "and on this machine:",
        Next("tour", "walks through a rollout"),
        Next("check --stack NAME", "what is declared, against rules"),
        Next("--help", "all commands"),
    ];

    private static string Next(string command, string why) => $"  {$"./gopherctl {command}",-48} {why}";
}
