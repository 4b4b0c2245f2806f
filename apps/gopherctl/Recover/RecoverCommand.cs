using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rollout;

namespace GopherMesh.Gopherctl.Recover;

/// <summary>`recover`: takes into a stack's state what a killed engine created and had no time to write down.</summary>
internal static class RecoverCommand
{
    /// <summary>The command, writing to the terminal.</summary>
    public static Command Create(Terminal terminal)
    {
        var stack = new Option<string>("--stack", "-s") { Description = "The stack whose update was killed.", HelpName = "name", DefaultValueFactory = _ => "dev" };
        var command = new ExampleCommand(
            "recover",
            "After a killed `pulumi up` or `pulumi destroy`: finds what was being created, takes it into the state, and says what to run next.",
            "recover --stack dev")
        {
            stack,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetRequiredValue(stack), terminal.Output.Profile.Out.Writer, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string stack, TextWriter output, CancellationToken cancellation)
    {
        var root = RepositoryRoot.Find();
        var config = EffectiveConfig.Read(root, stack, []);
        var pulumi = new PulumiCli(root, stack);
        var state = new StackDeployment(JsonNode.Parse(await pulumi.ExportAsync(cancellation))!.AsObject());
        var aws = new AwsCli(config.Values.GetValueOrDefault("aws:region", ""), config.Values.GetValueOrDefault("aws:profile", ""));
        KeyValuePair<string, string>[] tags = [new("project", config.Project), new("stack", stack)];

        var (found, unknown) = (new List<(PendingCreate Create, string Id)>(), 0);
        foreach (var create in state.PendingCreates.Where(create => !create.CanBeRepeated))
        {
            if (create.IdFromInputs is null && create.Question(tags) is null)
            {
                unknown++;
                await output.WriteLineAsync($"{create.Type} {create.Name}: whether it was created is not known here; look for it in AWS, and delete it before the next pulumi up");
                continue;
            }

            var ids = create.IdFromInputs is { } id ? [id] : (await aws.AskAsync(create.Question(tags)!, cancellation)).Select(create.IdFrom).Except(state.Ids(create.Type));
            foreach (var one in ids.Take(1))
            {
                found.Add((create, one));
                await output.WriteLineAsync($"{create.Type} {create.Name}: looked for as {one}");
            }
        }

        await WaitForClustersAsync(found, aws, output, cancellation);
        await pulumi.ImportAsync(state.With(found).ToJsonString(), cancellation);
        if (found.Count > 0)
        {
            await pulumi.RefreshAsync(found.Select(item => item.Create.Urn), cancellation);
        }

        var after = new StackDeployment(JsonNode.Parse(await pulumi.ExportAsync(cancellation))!.AsObject());
        var taken = found.Count(item => after.Has(item.Create.Urn));
        await output.WriteLineAsync($"{state.PendingCreates.Count} creations were under way; {taken} of them are now in the state, the others begin anew");
        if (state.PendingReleases is [_, ..] releases)
        {
            await output.WriteLineAsync($"Helm was at work on {string.Join(", ", releases)}: where the next pulumi up says that another operation is in progress or a name is in use, see docs/recovery.md");
        }

        await output.WriteLineAsync("now: pulumi up, or pulumi destroy");
        return unknown == 0 ? ExitCode.Success : ExitCode.NegativeVerdict;
    }

    // A cluster that is still being created answers nothing that the next steps ask.
    private static async Task WaitForClustersAsync(IEnumerable<(PendingCreate Create, string Id)> found, AwsCli aws, TextWriter output, CancellationToken cancellation)
    {
        foreach (var (_, id) in found.Where(item => item.Create.Type == "aws:eks/cluster:Cluster"))
        {
            if ((await aws.AskAsync(["eks", "list-clusters", "--query", "clusters"], cancellation)).Contains(id))
            {
                await output.WriteLineAsync($"waiting until the cluster {id} is active, which takes up to 15 minutes");
                await aws.AskAsync(["eks", "wait", "cluster-active", "--name", id], cancellation);
            }
        }
    }

    /// <summary>The <c>aws</c> command, with the stack's region and profile.</summary>
    private sealed class AwsCli(string region, string profile)
    {
        /// <summary>The words of its answer.</summary>
        /// <exception cref="UserException">It failed, or is not there.</exception>
        public async Task<IReadOnlyList<string>> AskAsync(IEnumerable<string> question, CancellationToken cancellation)
        {
            string[] arguments = [.. question, "--region", region, "--output", "text", .. profile.Length > 0 ? (string[])["--profile", profile] : []];
            using var process = Started(arguments);
            process.StandardInput.Close();
            var (answer, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? (await answer).Split((char[])[' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Where(word => word != "None").ToList()
                : throw new UserException(
                    $"aws {arguments[0]} {arguments[1]} failed: {(await errors).Trim()}", "the aws command", "Mend what it says, then run the same command again: nothing was changed.", ExitCode.NegativeVerdict);
        }

        private static Process Started(string[] arguments)
        {
            try
            {
                return Process.Start(new ProcessStartInfo("aws", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                throw new UserException("the aws command is not on PATH", "PATH", "Install the AWS CLI 2.7 or later, then run the same command again.", ExitCode.NegativeVerdict);
            }
        }
    }
}
