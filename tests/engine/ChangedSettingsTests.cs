namespace GopherMesh.Tests.Engine;

/// <summary>Settings that change on a running stack, and what AWS refuses of them.</summary>
[Collection(RunningStack.Name)]
public sealed class ChangedSettingsTests(RunningStack running)
{
    private readonly CommittedStack _stack = running.Stack;

    [EngineFact]
    public async Task Another_number_of_NAT_gateways_goes_on_after_a_full_quota_of_addresses_and_can_be_taken_back()
    {
        var asMade = await Account.ContentAsync();
        var addresses = await Account.FillAddressesAsync();
        await _stack.SetAsync("natGateways", "perZone");
        Assert.Contains("AddressLimitExceeded", (await _stack.FailingAsync("up", "--yes")).Output, StringComparison.Ordinal);

        await Account.ReleaseAsync(addresses);
        await _stack.UpAsync();
        Assert.Equal(2, (await Account.ContentAsync()).Except(asMade).Count(item => item.StartsWith("NAT gateway", StringComparison.Ordinal)));

        await _stack.SetAsync("natGateways", "one");
        await _stack.UpAsync();
        Assert.Equal(asMade.Order(), (await Account.ContentAsync()).Order());
        await AssertUnchangedAsync();
    }

    [EngineFact]
    public async Task Another_number_of_zones_is_refused_by_EKS_and_can_be_set_back()
    {
        await _stack.SetAsync("zones", "2");
        Assert.Contains("exact set of AZs", (await _stack.FailingAsync("up", "--yes")).Output, StringComparison.Ordinal);

        // docs/recovery.md, "A setting that a running stack does not take".
        await _stack.SetAsync("zones", "3");
        var again = await _stack.PulumiAsync("up", "--yes");
        Checkout.Report($"zones set back: status {again.ExitCode}");
        if (again.ExitCode != 0)
        {
            Assert.Contains("already at the desired configuration", again.Output, StringComparison.Ordinal);
            await _stack.UpAsync();
        }

        await AssertUnchangedAsync();
    }

    [EngineFact]
    public async Task A_Kubernetes_minor_version_changes_the_cluster_alone_and_can_be_taken_back()
    {
        await _stack.SetAsync("kubernetesVersion", "1.36");
        // The cluster, and the component around it.
        Assert.Equal("2 update", (await _stack.UpAsync()).Summary);
        Assert.Equal(["1.36"], await VersionAsync());
        await AssertUnchangedAsync();

        // The way back is EKS's own (docs/recovery.md, "Upgrade EKS"); the test's EKS allows it by an update.
        await _stack.SetAsync("kubernetesVersion", "1.35");
        await _stack.UpAsync();
        Assert.Equal(["1.35"], await VersionAsync());
    }

    [EngineFact]
    public async Task With_a_profile_the_keys_in_the_environment_do_not_count_and_the_profile_of_somebody_else_is_let_in_nowhere()
    {
        var profiles = Path.Combine(Checkout.Work, "aws-config");
        await File.WriteAllTextAsync(profiles, """
            [profile deployer]
            aws_access_key_id = test
            aws_secret_access_key = test
            [profile stranger]
            aws_access_key_id = stranger
            aws_secret_access_key = stranger

            """);
        var asStranger = _stack.With(("AWS_CONFIG_FILE", profiles), ("AWS_ACCESS_KEY_ID", "stranger"), ("AWS_SECRET_ACCESS_KEY", "stranger"));

        await asStranger.SetAsync("aws:profile", "deployer");
        await asStranger.UpAsync();
        Assert.Equal("nothing", (await asStranger.PreviewAsync("--refresh", "--expect-no-changes")).Summary);

        await asStranger.SetAsync("aws:profile", "stranger");
        var refused = (await asStranger.FailingAsync("up", "--yes")).Output;
        Assert.Matches("credentials|Unauthorized|must be logged in", refused);

        (await _stack.PulumiAsync("config", "rm", "aws:profile")).Succeeded();
        await _stack.UpAsync();
        await AssertUnchangedAsync();
    }

    [EngineFact]
    public async Task Another_principal_is_let_in_by_an_access_entry_and_out_again_without_it()
    {
        const string User = "colleague";
        var arn = (await Account.AskAsync($"iam create-user --user-name {User} --query User.Arn")).Single();
        var key = await Account.AskAsync($"iam create-access-key --user-name {User} --query AccessKey.[AccessKeyId,SecretAccessKey]");
        var colleague = _stack.With(("AWS_ACCESS_KEY_ID", key[0]), ("AWS_SECRET_ACCESS_KEY", key[1]), ("KUBECONFIG", Path.Combine(Checkout.Work, "colleague.kubeconfig")));
        (await _stack.BashAsync($"pulumi stack output kubeconfig --show-secrets >{Path.Combine(Checkout.Work, "colleague.kubeconfig")}")).Succeeded();
        await AssertLetInAsync(colleague, false);

        await _stack.SetPathAsync("accessEntries.colleague.principalArn", arn);
        await _stack.SetPathAsync("accessEntries.colleague.policy", "clusterAdmin");
        // The entry and its policy; of the component around the cluster only what it was given.
        Assert.Equal("1 update, 2 create", (await _stack.UpAsync()).Summary);
        await AssertLetInAsync(colleague, true);
        await AssertUnchangedAsync();

        (await _stack.PulumiAsync("config", "rm", "accessEntries")).Succeeded();
        await _stack.UpAsync();
        await AssertLetInAsync(colleague, false);
        await AssertUnchangedAsync();
        await Account.AskAsync($"iam delete-access-key --user-name {User} --access-key-id {key[0]}");
        await Account.AskAsync($"iam delete-user --user-name {User}");
    }

    // The API server keeps what it heard of a token for some seconds.
    private static async Task AssertLetInAsync(CommittedStack stack, bool isLetIn)
    {
        var asked = await stack.BashAsync(
            "for try in {1..30}; do said=$(kubectl --namespace gophers get pods 2>&1) && status=0 || status=$?; "
            + $"(( {(isLetIn ? "status == 0" : "status != 0")} )) && break; sleep 1; done; echo \"$said\"");
        Assert.Contains(isLetIn ? "gopher-requester-" : "must be logged in", asked.Output.Replace("(Unauthorized)", "must be logged in", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private async Task AssertUnchangedAsync() =>
        Assert.Equal("nothing", (await _stack.PreviewAsync("--refresh", "--expect-no-changes")).Summary);

    private static Task<string[]> VersionAsync() => Account.AskAsync($"eks describe-cluster --name {CommittedStack.Cluster} --query [cluster.version]");
}
